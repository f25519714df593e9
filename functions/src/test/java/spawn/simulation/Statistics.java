package spawn.simulation;

import java.util.SortedMap;
import java.util.TreeMap;

/** How often things happened in one or many schedules. */
final class Statistics {
  /** What goes wrong. */
  enum Fault {
    THROTTLED,
    FAILED_INSIDE_AWS,
    CONTENDED,
    TIMED_OUT_BEFORE_EFFECT,
    TIMED_OUT_AFTER_EFFECT,
    CONNECTION_LOST_AFTER_EFFECT,
    CRASHED_BEFORE_EFFECT,
    CRASHED_AFTER_EFFECT,
    FUNCTION_PAUSED,
    FUNCTION_CUT_OFF,
    FUNCTION_RUN_TWICE_AT_ONCE,
    EXECUTION_STOPPED_AND_REDRIVEN,
    REGION_DOWN,
    CAPACITY_MISSING,
    EDITED_BY_PEOPLE
  }

  /** Ways through a launch that are seldom taken, and that it must survive. */
  enum RarePath {
    ROLE_VANISHED_AND_RECREATED,
    PROFILE_FOUND_EMPTY_AND_FILLED,
    PROFILE_HOLDS_ANOTHER_ROLE,
    MARKED_ROLE_LEFT_FOR_THE_NEXT_NAME,
    NAMED_ROLE_BEING_DELETED,
    HALF_MADE_ROLE_COMPLETED,
    UNFINISHED_ROLE_CLAIMED,
    CLAIMED_ROLE_COMPLETED,
    LOST_NAME_USED_AGAIN,
    LEASE_RENEWED,
    LEASE_ENDING_AND_TAKEN_AGAIN,
    DIGITS_COLLIDE,
    DENIED_AFTER_THE_PROOF,
    CAPACITY_MISSING,
    ANOTHER_SUBNET_TAKEN,
    TYPE_NOT_OFFERED_IN_THE_ZONE,
    DRY_RUN_REFUSED_IN_THE_ZONE,
    SWEPT_UNDER_A_LAUNCH,
    STARTED_WITH_FEWER,
    STILL_PENDING_AT_THE_END,
    TOO_FEW_STARTED,
    PARAMETERS_MISMATCH_AND_FOUND_BY_TOKEN,
    LAUNCH_REPEATED_AND_FOUND_BY_TOKEN,
    TAGS_DIFFER_ON_REUSED_ROLE,
    NAME_TAKEN_BUT_NOT_SHOWN,
    ROLE_OF_ANOTHER_REFUSED,
    SWEEP_UNMARKED,
    SWEEP_DELETED,
    SWEEP_KEPT_FOR_AN_UNREADABLE_REGION,
    SWEEP_KEPT_FOR_WHAT_CAN_STILL_START,
    SWEEP_ASKED_A_LARGE_REGION,
    ORPHAN_PROFILE_REMOVED,
    PROFILE_REPLACED,
    PROFILE_CHANGED_WHILE_STOPPED,
    OLD_PROFILE_PUT_BACK,
    SET_POLICY_DETACHED,
    SET_ROLE_REFUSED,
    SET_REMOVED,
    SET_REMOVED_UNDER_A_LAUNCH,
    SET_SPARED_FOR_ITS_USE,
    STACKS_SWEPT_AT_ONCE,
    STACK_EMPTIED,
    NAME_OF_ANOTHER_STACK_REFUSED,
    DEFAULT_ROLE_UNDER_ITS_NEXT_NAME,
    ROLE_BEHIND_AN_EARLIER_BOUNDARY_REFUSED,
    ROLE_REVOKED,
    REVOKED_ROLE_REFUSED,
    REVOCATION_UNDONE,
    SWEEP_KEPT_FOR_A_REVOCATION,
    ENDED_ROLE_REFUSED,
    ENDED_ROLE_SWEPT,
    ROLE_CHANGED_BY_HAND,
    ROLE_PUT_BACK,
    LAUNCH_APPROVED,
    LAUNCH_DENIED,
    APPROVAL_TIMED_OUT,
    APPROVAL_STALE
  }

  private final SortedMap<Fault, Long> faults = new TreeMap<>();
  private final SortedMap<RarePath, Long> rarePaths = new TreeMap<>();
  private final SortedMap<String, Long> outcomes = new TreeMap<>();
  private long schedules;
  private long steps;
  private long calls;

  Statistics() {
    for (Fault fault : Fault.values()) {
      faults.put(fault, 0L);
    }
    for (RarePath path : RarePath.values()) {
      rarePaths.put(path, 0L);
    }
  }

  void count(Fault fault) {
    faults.merge(fault, 1L, Long::sum);
  }

  void count(RarePath path) {
    rarePaths.merge(path, 1L, Long::sum);
  }

  void countOutcome(String outcome) {
    outcomes.merge(outcome, 1L, Long::sum);
  }

  void countCall() {
    calls++;
  }

  void countSchedule(long itsSteps) {
    schedules++;
    steps += itsSteps;
  }

  void add(Statistics other) {
    other.faults.forEach((fault, count) -> faults.merge(fault, count, Long::sum));
    other.rarePaths.forEach((path, count) -> rarePaths.merge(path, count, Long::sum));
    other.outcomes.forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
    schedules += other.schedules;
    steps += other.steps;
    calls += other.calls;
  }

  long schedules() {
    return schedules;
  }

  SortedMap<Fault, Long> faults() {
    return faults;
  }

  SortedMap<RarePath, Long> rarePaths() {
    return rarePaths;
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("%d schedules, %d steps, %d calls".formatted(schedules, steps, calls));
    append(text, "faults", faults);
    append(text, "rare paths", rarePaths);
    append(text, "ends of launches", outcomes);
    return text.toString();
  }

  private static void append(StringBuilder text, String title, SortedMap<?, Long> counts) {
    text.append("\n  ").append(title);
    counts.forEach(
        (what, count) ->
            text.append(
                "\n    %,12d  %s"
                    .formatted(
                        count,
                        what.toString().toLowerCase(java.util.Locale.ROOT).replace('_', ' '))));
  }
}
