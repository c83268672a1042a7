export function lockText(lock: object): string;
