/** The agents' port before the user chose one. */
export const defaultPort = 7420;
