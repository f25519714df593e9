package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import spawn.approval.GrantsInWords;
import spawn.launch.LaunchPlan;
import spawn.policy.Permissions;
import spawn.policy.SizeLimits;
import spawn.policy.Vocabulary;
import spawn.policy.Warning;
import spawn.role.ResolvedRole;

/** Shows a draft: its words, the policy and its size, the warnings, and what would be safer. */
final class WizardView {
  private final PrintStream out;
  private final Vocabulary vocabulary;

  WizardView(PrintStream out, Vocabulary vocabulary) {
    this.out = out;
    this.vocabulary = vocabulary;
  }

  /** Shows all of it. */
  void show(WizardDraft draft, LaunchPlan plan) {
    out.println();
    if (draft.isEmpty()) {
      out.println("No words: the instances get the stack's default role.");
    }
    for (int at = 0; at < draft.entries().size(); at++) {
      WizardDraft.Entry entry = draft.entries().get(at);
      out.println("  %d  %s%s".formatted(at + 1, entry.word(), bound(entry.word(), draft)));
    }
    Permissions permissions = permissions(plan);
    out.println("It allows:");
    GrantsInWords.ofPolicy(permissions.inlinePolicy().toJson())
        .forEach(line -> out.println("  " + line));
    out.println(sizes(permissions));
    if (permissions.inlinePolicy().toString().contains(PayloadCheck.ANY_ACCOUNT)) {
      out.println("%s stands for the stack's account.".formatted(PayloadCheck.ANY_ACCOUNT));
    }
    warnings(plan.warnings());
    List<String> safer = safer(draft);
    if (!safer.isEmpty()) {
      out.println("Safer:");
      safer.forEach(line -> out.println("  " + line));
    }
    out.println();
  }

  /** Shows the policy as IAM gets it. */
  void policy(LaunchPlan plan) {
    out.println(Json.pretty(permissions(plan).inlinePolicy().toJson()));
  }

  private static Permissions permissions(LaunchPlan plan) {
    return plan.resolved().map(ResolvedRole::permissions).orElseThrow().permissions();
  }

  private String bound(String word, WizardDraft draft) {
    List<String> resources = resources(word, draft);
    return resources.isEmpty() ? "" : " on " + String.join(", ", resources);
  }

  /** Returns the resources that bind a word: those named for any word of the same services. */
  List<String> resources(String word, WizardDraft draft) {
    List<String> services = vocabulary.word(word).orElseThrow().services();
    return draft.entries().stream()
        .filter(
            entry ->
                vocabulary.word(entry.word()).orElseThrow().services().stream()
                    .anyMatch(services::contains))
        .flatMap(entry -> entry.resources().stream())
        .distinct()
        .toList();
  }

  private static String sizes(Permissions permissions) {
    int bytes = permissions.inlinePolicy().toString().getBytes(StandardCharsets.UTF_8).length;
    JsonNode trust = permissions.trustPolicy();
    return String.format(
        Locale.ROOT,
        "Inline policy: %,d of %,d bytes. Trust policy: %,d of %,d characters.",
        bytes,
        SizeLimits.MAX_INLINE_BYTES,
        trust.toString().length(),
        SizeLimits.MAX_TRUST_CHARACTERS);
  }

  private void warnings(List<Warning> warnings) {
    if (warnings.isEmpty()) {
      out.println("No warnings.");
      return;
    }
    out.println("Warnings:");
    for (Warning warning : warnings) {
      out.println(
          "  %s %s: %s %s"
              .formatted(
                  warning.severity().name().toLowerCase(Locale.ROOT),
                  warning.code(),
                  warning.message(),
                  warning.advice()));
    }
  }

  private List<String> safer(WizardDraft draft) {
    List<String> safer = new ArrayList<>();
    for (String name : draft.words()) {
      Vocabulary.Entry word = vocabulary.word(name).orElseThrow();
      List<Vocabulary.Entry> narrower = vocabulary.narrower(word);
      if (!narrower.isEmpty()) {
        safer.add(
            "narrower than %s: %s"
                .formatted(
                    name,
                    narrower.stream()
                        .map(Vocabulary.Entry::name)
                        .collect(Collectors.joining(", "))));
      }
      if (!word.services().isEmpty() && resources(name, draft).isEmpty()) {
        safer.add("%s is on everything: name what it is for, %s".formatted(name, examples(word)));
      }
    }
    return safer;
  }

  /** Returns how the resources of a word are written, as an example. */
  String examples(Vocabulary.Entry word) {
    return "for example "
        + word.services().stream()
            .flatMap(service -> vocabulary.resource(service).stream())
            .distinct()
            .collect(Collectors.joining(" or "));
  }
}
