/** The instance profile that gives a role to instances, and the proof that EC2 sees it. */
package spawn.profile;
