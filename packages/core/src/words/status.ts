/** The registered result words of RFC 8601 2.7, for all methods together. */
export type Status = 'none' | 'pass' | 'fail' | 'softfail' | 'neutral' | 'policy' | 'temperror' | 'permerror';
