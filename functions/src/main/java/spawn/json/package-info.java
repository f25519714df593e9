/**
 * JSON as trees, and records as JSON: parsed and written by Jackson's streaming core, without its
 * data binding, whose classes are a third of a cold start.
 */
package spawn.json;
