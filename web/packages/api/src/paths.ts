/** The addresses of an API, made of the generated shapes of its document. */

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** `/users/{id}/roles` → `/users/${string}/roles` */
type Filled<Path> = Path extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Filled<After>}`
  : Path;
type Under<Base extends string, Path> = Path extends `${Base}${infer Rest}` ? Filled<Rest> : never;

/** What can be called below a base, by method. */
export type Paths<All, Base extends string> = {
  [M in Method]: {
    [Path in keyof All]: All[Path] extends Record<M, object> ? Under<Base, Path> : never;
  }[keyof All];
};
