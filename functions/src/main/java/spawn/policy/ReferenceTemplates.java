package spawn.policy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import spawn.policy.ActionGroup.Scoped;
import spawn.policy.ActionGroup.Unscoped;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;
import spawn.policy.ServiceReference.ArnForm;
import spawn.policy.ServiceTemplates.Form;

/**
 * Makes the words of a service out of AWS's reference alone, by its <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html">access
 * levels</a>: ReadOnly lists and reads, WriteOnly writes, ReadWrite is both, and only FullAccess,
 * which is every action, tags or manages permissions.
 */
final class ReferenceTemplates {
  private static final Set<Access> READS = EnumSet.of(Access.LIST, Access.READ);

  private ReferenceTemplates() {}

  /** What the actions of a group share. */
  private record Like(Access access, List<String> accepts, List<String> requires) {}

  static ServiceTemplates of(ServiceReference reference) {
    List<Form> forms = new ArrayList<>();
    reference
        .kinds()
        .forEach((kind, written) -> written.forEach(form -> forms.add(form(kind, form))));
    return new ServiceTemplates(
        example(reference), null, forms, groups(reference), Map.of(), /* derived */ true);
  }

  private static Form form(String kind, ArnForm form) {
    return new Form(
        String.join(
            ":",
            form.service(),
            form.region().equals("R") ? "REGION" : form.region(),
            form.account().equals("A") ? "ACCOUNT" : form.account()),
        pattern(form.resource()),
        Map.of(kind, List.of("$0")),
        Map.of(),
        /* variables */ false);
  }

  /**
   * Returns what a last part looks like that has a name for each {@code *}. Each name but the last
   * ends where what follows it is first found, which is never given up again: matching takes time
   * in proportion to the length.
   */
  private static Pattern pattern(String resource) {
    List<String> between = List.of(resource.split("\\*", -1));
    StringBuilder pattern = new StringBuilder(Pattern.quote(between.get(0)));
    for (int at = 1; at < between.size(); at++) {
      String next = Pattern.quote(between.get(at));
      pattern.append(at == between.size() - 1 ? ".+" + next : "(?>.+?" + next + ")");
    }
    return Pattern.compile(pattern.toString());
  }

  private static String example(ServiceReference reference) {
    return reference.kinds().values().stream()
        .flatMap(List::stream)
        .filter(form -> !form.service().equals("*"))
        .findFirst()
        .map(
            form ->
                String.join(
                    ":",
                    "arn:partition",
                    form.service(),
                    form.region().isEmpty() ? "" : "region",
                    form.account().isEmpty() ? "" : "account",
                    form.resource().replace("*", "name")))
        .orElse(null);
  }

  private static List<ActionGroup> groups(ServiceReference reference) {
    List<ActionGroup> groups = new ArrayList<>();
    groups.add(
        new ActionGroup(
            List.of(Level.FULL_ACCESS),
            List.of("*"),
            ActionGroup.Access.ALL,
            List.copyOf(reference.kinds().keySet()),
            Scoped.BIND,
            Unscoped.GRANT,
            null));
    Map<Like, List<String>> alike = new LinkedHashMap<>();
    for (Action action : reference.actions()) {
      alike
          .computeIfAbsent(
              new Like(action.access(), action.accepts(), action.requires()),
              unseen -> new ArrayList<>())
          .add(action.name());
    }
    alike.forEach(
        (like, names) -> {
          if (READS.contains(like.access()) || like.access() == Access.WRITE) {
            groups.add(group(like.access(), like.accepts(), like.requires(), names));
          }
        });
    return groups;
  }

  private static ActionGroup group(
      Access access, List<String> accepts, List<String> requires, List<String> names) {
    boolean reads = READS.contains(access);
    Scoped scoped =
        accepts.isEmpty() ? (access == Access.LIST ? Scoped.DROP : Scoped.KEEP) : Scoped.BIND;
    List<Level> levels = new ArrayList<>();
    if (scoped == Scoped.KEEP) {
      levels.add(Level.FULL_ACCESS); // bound to resources, every action would not hold these
    }
    levels.add(reads ? Level.READ_ONLY : Level.WRITE_ONLY);
    levels.add(Level.READ_WRITE);
    return new ActionGroup(
        levels,
        names,
        reads ? ActionGroup.Access.READ : ActionGroup.Access.WRITE,
        accepts,
        scoped,
        Unscoped.GRANT,
        null,
        null,
        requires.stream().map(List::of).toList(),
        null);
  }
}
