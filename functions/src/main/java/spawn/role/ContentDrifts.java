package spawn.role;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import spawn.payload.Quote;

/**
 * Compares what a role holds with what it was made with, part by part.
 *
 * @param is what it holds
 * @param made what it was made with
 * @param ownTrust whether its trust policy is one that spawn makes; any other is told by itself
 * @param ownBoundary whether its boundary is one of the stack's; any other is told by itself
 */
record ContentDrifts(Made is, Made made, boolean ownTrust, boolean ownBoundary) {
  /** Returns each part that differs. */
  List<Drift> all() {
    List<Drift> drifts = new ArrayList<>();
    if (ownTrust
        && !is.permissions().trustedServices().equals(made.permissions().trustedServices())) {
      drifts.add(
          new Drift(
              DriftKind.TRUST,
              "It trusts %s, and was made for %s."
                  .formatted(
                      String.join(", ", is.permissions().trustedServices()),
                      String.join(", ", made.permissions().trustedServices()))));
    }
    String boundary = made.permissions().permissionsBoundary();
    if (ownBoundary && !is.permissions().permissionsBoundary().equals(boundary)) {
      drifts.add(
          new Drift(
              DriftKind.BOUNDARY,
              "Its permissions boundary is %s, and was %s."
                  .formatted(is.permissions().permissionsBoundary(), boundary)));
    }
    inline(drifts);
    more(is.permissions().managedPolicyArns(), made.permissions().managedPolicyArns())
        .forEach(
            arn ->
                drifts.add(
                    new Drift(
                        DriftKind.POLICY_ATTACHED,
                        "%s is attached, and was not when it was made.".formatted(arn))));
    more(made.permissions().managedPolicyArns(), is.permissions().managedPolicyArns())
        .forEach(
            arn ->
                drifts.add(
                    new Drift(
                        DriftKind.POLICY_DETACHED,
                        "%s is not attached, and was when it was made.".formatted(arn))));
    if (is.permissions().maxSessionDuration() != made.permissions().maxSessionDuration()) {
      drifts.add(
          new Drift(
              DriftKind.SESSION,
              "Its longest session is %d s, and was %d s."
                  .formatted(
                      is.permissions().maxSessionDuration(),
                      made.permissions().maxSessionDuration())));
    }
    tags(drifts);
    return drifts;
  }

  private void inline(List<Drift> drifts) {
    if (is.permissions().inlinePolicy().equals(made.permissions().inlinePolicy())) {
      return;
    }
    if (made.permissions().inlinePolicy().isEmpty()) {
      drifts.add(
          new Drift(
              DriftKind.INLINE_ADDED,
              "It holds the inline policy \"%s\", and was made without one."
                  .formatted(Roles.INLINE_POLICY)));
    } else if (is.permissions().inlinePolicy().isEmpty()) {
      drifts.add(new Drift(DriftKind.INLINE_REMOVED, "Its inline policy is gone."));
    } else {
      drifts.add(new Drift(DriftKind.INLINE_CHANGED, "Its inline policy grants something else."));
    }
  }

  private static List<String> more(Collection<String> these, Collection<String> than) {
    return these.stream().filter(each -> !than.contains(each)).toList();
  }

  private void tags(List<Drift> drifts) {
    TreeSet<String> keys = new TreeSet<>(is.tags().keySet());
    keys.addAll(made.tags().keySet());
    for (String key : keys) {
      String now = is.tags().get(key);
      String then = made.tags().get(key);
      if (now == null) {
        drifts.add(new Drift(DriftKind.TAGS, "Its tag %s is gone.".formatted(Quote.of(key))));
      } else if (then == null) {
        drifts.add(new Drift(DriftKind.TAGS, "It has a new tag %s.".formatted(Quote.of(key))));
      } else if (!now.equals(then)) {
        drifts.add(
            new Drift(DriftKind.TAGS, "Its tag %s has another value.".formatted(Quote.of(key))));
      }
    }
  }
}
