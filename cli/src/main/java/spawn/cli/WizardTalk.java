package spawn.cli;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import spawn.policy.Vocabulary;
import spawn.policy.Vocabulary.Entry;

/** The conversation about what the instances are to do. */
final class WizardTalk {
  private static final String HELP =
      """
      Say what the instances are to do ("read a bucket", "queue", "pull images"), name a service (s3, sqs, efs),
      or write words of policies (s3:ReadOnly, ecr:Pull). Then:
        show        the policy as IAM gets it
        change 2    choose the second word anew, and its resources
        remove 2    leave it out
        back        take back the last answer
        done        that is all; so does an empty line
        quit        leave; nothing is done""";

  private static final String CHOICE_HELP =
      "Give the number of one or several, a word, or say it in other words. An empty line takes none of them.";

  private static final String RESOURCE_HELP =
      """
      Name what the word is for: in the short form or by ARN, several with blanks between them. * and ? are
      wildcards. They bind every word of their service. An empty line leaves it on everything.""";

  private static final Pattern NUMBERED =
      Pattern.compile("(change|remove)\\s+(\\d{1,3})", Pattern.CASE_INSENSITIVE);

  /** Between resources; not within a policy variable, whose default may follow a comma. */
  private static final Pattern BETWEEN = Pattern.compile("[\\s,]+(?![^{]*})");

  /** The column of names is as wide as the names of words; those of jobs may be longer. */
  private static final int WIDEST = 32;

  private final WizardDialogue dialogue;
  private final WizardVerdict.Judge judge;
  private final Vocabulary vocabulary;
  private final WordSearch search;
  private final WizardView view;
  private final Deque<WizardDraft> past = new ArrayDeque<>();
  private WizardDraft draft = WizardDraft.EMPTY;

  WizardTalk(
      WizardDialogue dialogue, WizardVerdict.Judge judge, Vocabulary vocabulary, WizardView view) {
    this.dialogue = dialogue;
    this.judge = judge;
    this.vocabulary = vocabulary;
    this.search = new WordSearch(vocabulary);
    this.view = view;
  }

  /** Talks until all is said; may be called again to go on. Returns what was said. */
  WizardDraft talk() {
    while (true) {
      Optional<String> said =
          dialogue.ask(
              draft.isEmpty()
                  ? "What are the instances to do? "
                  : "What else? (Enter: that is all) ",
              HELP);
      if (said.isEmpty()) {
        takeBack();
      } else if (said.get().isEmpty() || said.get().equalsIgnoreCase("done")) {
        return draft;
      } else {
        take(said.get());
      }
    }
  }

  private void take(String said) {
    Matcher numbered = NUMBERED.matcher(said);
    if (said.equalsIgnoreCase("show")) {
      judge.of(draft).plan().ifPresent(view::policy);
    } else if (numbered.matches()) {
      at(numbered.group(1).toLowerCase(Locale.ROOT), Integer.parseInt(numbered.group(2)));
    } else {
      WizardDraft before = draft;
      lookFor(said);
      remember(before);
    }
  }

  /** Keeps what there was before an answer changed it, and shows what there is. */
  private void remember(WizardDraft before) {
    if (!draft.equals(before)) {
      past.push(before);
      show();
    }
  }

  private void show() {
    judge.of(draft).plan().ifPresent(plan -> view.show(draft, plan));
  }

  private void takeBack() {
    if (past.isEmpty()) {
      dialogue.say("There is nothing to take back.");
    } else {
      draft = past.pop();
      show();
    }
  }

  private void at(String what, int number) {
    if (number < 1 || number > draft.entries().size()) {
      dialogue.say("There is no number %d.".formatted(number));
      return;
    }
    WizardDraft before = draft;
    String word = draft.entries().get(number - 1).word();
    draft = draft.without(number - 1);
    if (what.equals("change")) {
      WizardDraft without = draft;
      String service = vocabulary.word(word).orElseThrow().service();
      choose(vocabulary.words(service).stream().map(WordSearch.Choice::of).toList());
      if (draft.equals(without)) {
        draft = before; // nothing was chosen in its place
        dialogue.say("%s stays as it was.".formatted(word));
      } else {
        draft =
            without.withAt(
                number - 1,
                draft.entries().subList(without.entries().size(), draft.entries().size()));
      }
    }
    remember(before);
  }

  private void lookFor(String said) {
    List<String> words = Arrays.asList(said.split("[\\s,]+"));
    if (words.stream().allMatch(word -> word.contains(":"))) {
      words.forEach(this::add);
      return;
    }
    List<WordSearch.Choice> choices = search.find(said);
    if (choices.isEmpty()) {
      dialogue.say(
          "No word is known for that.%s Name a service, or what the instances read, write or call; ? helps."
              .formatted(search.suggestion(said)));
    } else {
      choose(choices);
    }
  }

  private void choose(List<WordSearch.Choice> choices) {
    int width =
        choices.stream()
            .mapToInt(choice -> choice.name().length())
            .filter(length -> length <= WIDEST)
            .max()
            .orElse(WIDEST);
    for (int at = 0; at < choices.size(); at++) {
      WordSearch.Choice choice = choices.get(at);
      dialogue.say(("  %d  %-" + width + "s  %s").formatted(at + 1, choice.name(), choice.does()));
    }
    Optional<String> said = dialogue.ask("Which? (Enter: none) ", CHOICE_HELP);
    if (said.isEmpty() || said.get().isEmpty()) {
      return;
    }
    if (!said.get().matches("\\d{1,3}([\\s,]+\\d{1,3})*")) {
      lookFor(said.get());
      return;
    }
    for (String number : Arrays.asList(said.get().split("[\\s,]+"))) {
      int at = Integer.parseInt(number) - 1;
      if (at < 0 || at >= choices.size()) {
        dialogue.say("There is no number %s.".formatted(number));
      } else {
        addAll(choices.get(at).words());
      }
    }
  }

  private void addAll(List<String> words) {
    for (String word : words) {
      if (!add(word)) {
        return; // whoever leaves one word of a job out by "back" may not want the others either
      }
    }
  }

  /** Adds a word; returns whether it is there now. */
  private boolean add(String name) {
    Optional<Entry> word = vocabulary.word(name);
    if (word.isEmpty()) {
      complain(judge.of(WizardDraft.EMPTY.with(name, List.of())));
      return false;
    }
    if (draft.has(word.get().name())) {
      dialogue.say("%s is there already.".formatted(word.get().name()));
      return true;
    }
    return bind(word.get());
  }

  private void complain(WizardVerdict verdict) {
    verdict.problems().forEach(problem -> dialogue.say(problem.message()));
  }

  private boolean bind(Entry word) {
    boolean canBeBound = !word.services().isEmpty();
    do {
      Optional<String> said =
          canBeBound ? dialogue.ask(question(word), RESOURCE_HELP) : Optional.of("");
      if (said.isEmpty()) {
        return false;
      }
      List<String> resources =
          said.get().isEmpty() ? List.of() : Arrays.asList(BETWEEN.split(said.get()));
      WizardDraft candidate = draft.with(word.name(), resources);
      WizardVerdict verdict = judge.of(candidate);
      if (verdict.problems().isEmpty()) {
        draft = candidate;
        return true;
      }
      complain(verdict);
    } while (canBeBound);
    return false;
  }

  private String question(Entry word) {
    List<String> bound = view.resources(word.name(), draft);
    boolean needsSome = judge.of(draft.with(word.name(), List.of())).plan().isEmpty();
    return bound.isEmpty()
        ? "%s on what? %s%s "
            .formatted(word.name(), view.examples(word), needsSome ? "" : " (Enter: on everything)")
        : "%s is on %s; on what else? (Enter: nothing) "
            .formatted(word.name(), String.join(", ", bound));
  }
}
