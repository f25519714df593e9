/**
 * Step Functions and Lambda in memory: they run the real definition of the workflow, in {@code
 * statemachine/}, with the real handlers. What they do not know they refuse, so that a definition
 * that outgrows them fails loudly.
 */
package spawn.workflow;
