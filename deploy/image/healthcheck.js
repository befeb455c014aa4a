/** Ends with 0 when the service of this container answers that it lives. Which one it is says the port that is set. */
const { env } = process;
const port =
  env.GATEWAY_HTTP_PORT ?? env.USERS_HTTP_PORT ?? env.PROJECTS_HTTP_PORT ?? env.NOTIFICATIONS_HTTP_PORT;

const isAlive = await fetch(`http://127.0.0.1:${port ?? 4000}/health/live`, {
  signal: AbortSignal.timeout(2_000),
}).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = isAlive ? 0 : 1;
