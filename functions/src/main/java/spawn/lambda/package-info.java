/**
 * JSON in and out, clients, logging, Lambda's own events: the only place that knows Lambda. It
 * knows no slice.
 */
package spawn.lambda;
