/** What the template deploys, held against what the functions do. */
package spawn.template;
