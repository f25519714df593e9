package spawn.policy;

import java.util.List;

/**
 * What a word grants that is one job and no level, for example {@code ecr:Pull}.
 *
 * @param service the service that the word names
 * @param job the second half of the word
 * @param does what the job is, for "The task …"
 * @param groups the actions, of any service
 */
record Task(String service, String job, String does, List<ActionGroup> groups) implements Word {
  @Override
  public String name() {
    return service + ":" + job;
  }

  @Override
  public boolean isFullAccess() {
    return false;
  }
}
