/** Version of this build, the same as in the root package. */
export const version = '0.1.0';
