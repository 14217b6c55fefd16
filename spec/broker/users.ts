// The users of the secured listeners. They exist on loopback for the length of a spec: these are no secrets.

export type User = { readonly username: string; readonly password: string };

/** May do everything. */
export const ADMIN: User = { username: "admin", password: "admin-pass" };
/** May do what a spec grants, and nothing before: see `grant`. */
export const CLERK: User = { username: "clerk", password: "clerk-pass" };

export const USERS: readonly User[] = [ADMIN, CLERK];
