import { readConfig, serviceSettings, type Environment } from '@saas/config';

export type ProjectsConfig = ReturnType<typeof readProjectsConfig>;

/**
 * Settings of the projects subgraph. Units are part of the name; every default is safe in production.
 *
 * @throws {ConfigError} listing each bad variable by name.
 */
export const readProjectsConfig = (environment: Environment) =>
  readConfig(projectsSettings.prefix, projectsSettings.shape, environment);

/** What each variable accepts, is by default and means. */
export const projectsSettings = {
  prefix: 'PROJECTS_',
  shape: serviceSettings(4_002),
};
