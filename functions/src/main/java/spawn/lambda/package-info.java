/**
 * JSON in and out, clients, settings, logging: the only place that knows Lambda, and that knows
 * nothing of roles.
 */
package spawn.lambda;
