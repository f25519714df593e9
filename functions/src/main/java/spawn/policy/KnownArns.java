package spawn.policy;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import spawn.policy.ServiceReference.ArnForm;

/**
 * Whether a service has resources with an ARN like one that a statement names, by AWS's service
 * authorization reference. IAM takes any other ARN too; it matches nothing.
 */
final class KnownArns {
  /** Comparing on, a payload made for it could cost more than all of its other checks. */
  private static final int MAX_STEPS = 300_000;

  private static final Pattern ACCOUNT = Pattern.compile("\\d{12}|aws");

  private int steps;

  /**
   * Returns whether it may have; also when in doubt, and without looking after too many looks.
   *
   * @param arn a whole ARN
   * @param services the services of the actions that the statement is about; empty if it is about
   *     all
   */
  boolean mayExist(Arn arn, Set<String> services) {
    if (steps > MAX_STEPS) {
      return true;
    }
    Set<String> files = new TreeSet<>(services);
    files.add(arn.service());
    boolean known =
        ServiceReference.services().contains(arn.service())
            || (!services.isEmpty() && ServiceReference.services().containsAll(services));
    return !known
        || isRoot(arn)
        || files.stream()
            .flatMap(file -> ServiceReference.of(file).stream())
            .flatMap(reference -> reference.kinds().values().stream())
            .flatMap(forms -> forms.stream())
            .anyMatch(form -> hasForm(arn, form));
  }

  /** A root user is a resource of IAM's actions in a session of sts:AssumeRoot only. */
  private static boolean isRoot(Arn arn) {
    return arn.service().equals("iam") && arn.resource().equals("root");
  }

  /** Returns whether an ARN has a form of the reference. */
  static boolean isOf(Arn arn, ArnForm form) {
    return new KnownArns().hasForm(arn, form);
  }

  private boolean hasForm(Arn arn, ArnForm form) {
    steps++;
    if (steps > MAX_STEPS) {
      return true;
    }
    // Recovery points have the ARNs of any service.
    if (!(form.service().equals(arn.service()) || form.service().equals("*"))
        || !fits(arn.region(), form.region().equals("R") ? "*" : form.region())
        || !hasAccount(arn.account(), form.account())) {
      return false;
    }
    if (arn.resource().length() > 1) {
      steps += arn.resource().length() * form.resource().length() / 16;
    }
    return steps > MAX_STEPS || Wildcards.meet(arn.resource(), form.resource());
  }

  private static boolean fits(String part, String form) {
    return form.isEmpty() ? Wildcards.meet(part, "") : Wildcards.meet(part, form);
  }

  /** An account may be left out although the reference has it: public parameters have none. */
  private static boolean hasAccount(String account, String form) {
    return form.isEmpty()
        ? Wildcards.meet(account, "")
        : account.isEmpty()
            || account.equals(form)
            || Arn.isOpen(account)
            || ACCOUNT.matcher(account).matches();
  }
}
