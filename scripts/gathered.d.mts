export const root: string;
export function gathered(): { readonly original: string; readonly copy: string }[];
