/** As what somebody uses the system, the most powerful first. Each is a group of the user pool. */
export const personas = ['admin', 'partner', 'dealer', 'customer'] as const;
export type Persona = (typeof personas)[number];
