package spawn.policy;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.payload.Quote;
import spawn.policy.ServiceReference.ArnForm;

/**
 * Which resources IAM's parser refuses in an identity policy, with the answer
 * MalformedPolicyDocument, whatever the actions are.
 *
 * <p>AWS does not document its parser. These are the refusals that people have met, each with where
 * it is reported; what only <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html">IAM
 * Access Analyzer</a> calls an error is no refusal. IAM takes ARNs of services and kinds that do
 * not exist: {@link KnownArns} doubts them.
 */
final class ResourceRules {
  /**
   * What IAM's own resources begin with, by its message "IAM resource path must either be "*",
   * root, or start with user/, …" (<a
   * href="https://github.com/duo-labs/parliament/pull/177">report</a>).
   */
  private static final Set<String> IAM_KINDS =
      Set.of(
          "user/",
          "federated-user/",
          "role/",
          "group/",
          "instance-profile/",
          "mfa/",
          "server-certificate/",
          "policy/",
          "sms-mfa/",
          "saml-provider/",
          "oidc-provider/",
          "report/",
          "access-report/");

  /**
   * "The policy failed legacy parsing", where a placeholder is left in an ARN: {@code
   * #{AWS::AccountId}} (<a href="https://github.com/serverless/serverless/issues/8512">report</a>)
   * or {@code ACCOUNT_ID} (<a
   * href="https://github.com/ryanto/next-s3-upload/issues/58">report</a>). Which names there are is
   * not checked: regions and kinds of accounts come and go.
   */
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9*?_-]*");

  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9*?-]*");

  private ResourceRules() {}

  /**
   * Returns why IAM refuses a resource, as a sentence; nothing if it takes it.
   *
   * @param resource of the language of 2012, which has variables
   * @param context where the stack is: IAM refuses ARNs of other partitions ("Partition … is not
   *     valid for resource …", <a href="https://github.com/kubernetes/kops/issues/8607">report</a>)
   */
  static Optional<String> refusal(String resource, StackContext context) {
    if (resource.equals("*")) {
      return Optional.empty();
    }
    Arn written = Arn.of(resource);
    if (!isArn(written)) {
      return Optional.of(
          "%s is not a resource: write an ARN, arn:partition:service:region:account:resource, or *."
              .formatted(Quote.of(resource)));
    }
    if (!Wildcards.meet(written.partition(), context.partition())
        || written.partition().contains("${")) {
      return Optional.of(context.notOfPartition(resource));
    }
    String shown = Quote.of(resource);
    boolean mayEndThere = written.parts().size() == 3 && !written.service().contains("${");
    if (isOpenService(written) && !mayEndThere) {
      return Optional.of(
          "%s has a wildcard for the service, which IAM refuses: name the service, as in arn:%s:s3:::bucket, or write * for every resource."
              .formatted(shown, context.partition()));
    }
    Arn arn = Arn.of(Arn.writtenOut(resource));
    return arn.isWhole()
        ? owner(arn, shown).or(() -> byService(arn, written, shown))
        : Optional.empty();
  }

  /**
   * Returns whether it is one as far as its parts go: "The policy failed legacy parsing" for empty
   * parts before the end, as in {@code arn:aws:s3::bucket}, and "Resource vendor must be fully
   * qualified and cannot contain regexes" for {@code arn:aws} (both as <a
   * href="https://github.com/getmoto/moto/blob/master/tests/test_iam/test_iam_policies.py">moto's
   * tests</a> have them from AWS).
   */
  private static boolean isArn(Arn arn) {
    if (!arn.parts().get(0).equals("arn") || arn.partition().isEmpty()) {
      return false;
    }
    return arn.isWhole()
        ? !arn.service().isEmpty()
        : arn.parts().stream().noneMatch(String::isEmpty)
            && (arn.parts().size() > 2 || arn.partition().equals("*"));
  }

  /**
   * Returns whether the service is not spelled out: "Resource vendor must be fully qualified and
   * cannot contain regexes" (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html">Resource</a>:
   * no wildcard in the service segment).
   */
  private static boolean isOpenService(Arn arn) {
    return Arn.isOpen(arn.service());
  }

  private static Optional<String> owner(Arn arn, String shown) {
    if (!REGION.matcher(PolicyVariables.replaced(arn.region(), "*")).matches()) {
      return Optional.of(
          "%s has a region that IAM cannot read: write one such as us-east-1, or *."
              .formatted(shown));
    }
    if (!ACCOUNT.matcher(PolicyVariables.replaced(arn.account(), "*")).matches()) {
      return Optional.of(
          "%s has an account that IAM cannot read: write twelve digits, or *.".formatted(shown));
    }
    return Optional.empty();
  }

  private static Optional<String> byService(Arn arn, Arn written, String shown) {
    return switch (arn.service()) {
      case "iam" -> iam(arn, shown);
      case "s3" -> s3(written, shown);
      case "route53" -> withoutOwner(arn, shown, "resources of Route 53", "hostedzone/id");
      default -> Optional.empty();
    };
  }

  /**
   * "IAM resource … cannot contain region information" (<a
   * href="https://github.com/cloud-gov/terraform-provision/pull/1838">report</a>), not even a
   * wildcard; and a kind first, without wildcards (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html">IAM
   * identifiers</a>: "IAM does not allow … u*").
   */
  private static Optional<String> iam(Arn arn, String shown) {
    if (!arn.region().isEmpty()) {
      return Optional.of(
          "%s has a region, but the ARNs of IAM have none: leave it empty.".formatted(shown));
    }
    String resource = arn.resource();
    boolean isOfKind =
        resource.equals("*")
            || resource.equals("root")
            || Kinds.OF_IAM.stream().anyMatch(resource::startsWith);
    return isOfKind
        ? Optional.empty()
        : Optional.of(
            "%s names no kind of IAM's resources: write * or root after the last colon, or begin with one of %s."
                .formatted(shown, String.join(", ", Kinds.OF_IAM)));
  }

  /** What IAM says, and what the reference has beside it: IAM's list is older than some kinds. */
  private static final class Kinds {
    static final Set<String> OF_IAM = new TreeSet<>(IAM_KINDS);

    static {
      Stream.concat(forms("iam", "iam"), forms("sts", "iam"))
          .map(ArnForm::resource)
          .filter(resource -> resource.indexOf('/') > 0)
          .forEach(resource -> OF_IAM.add(resource.substring(0, resource.indexOf('/') + 1)));
    }
  }

  /** Returns the forms of ARN of one service that the actions of another, or its own, accept. */
  private static Stream<ArnForm> forms(String service, String ofArn) {
    return ServiceReference.of(service).stream()
        .flatMap(reference -> reference.kinds().values().stream())
        .flatMap(forms -> forms.stream())
        .filter(form -> form.service().equals(ofArn));
  }

  /**
   * "Resource … can not contain region information" (<a
   * href="https://github.com/aws/aws-cdk/issues/22445">report</a>) or "cannot contain an account
   * id", unless it is of a kind that has them, as access points and jobs. Wildcards are taken
   * there: AWS publishes {@code arn:aws:s3::*:codepipeline-*} in AWSCodePipeline_FullAccess.
   */
  private static Optional<String> s3(Arn arn, String shown) {
    boolean region = isLiteral(arn.region());
    boolean account = isLiteral(arn.account());
    boolean isOfKindWithThem =
        forms("s3", "s3")
            .filter(form -> !region || !form.region().isEmpty())
            .filter(form -> !account || !form.account().isEmpty())
            .anyMatch(form -> Wildcards.meet(arn.resource(), form.resource()));
    return isOfKindWithThem || (!region && !account)
        ? Optional.empty()
        : withoutOwner(arn, shown, "buckets and objects", "bucket/key");
  }

  /**
   * The same two answers for Route 53: <a
   * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html">none
   * of its ARNs</a> has a region or an account.
   */
  private static Optional<String> withoutOwner(Arn arn, String shown, String what, String example) {
    boolean region = isLiteral(arn.region());
    return region || isLiteral(arn.account())
        ? Optional.of(
            "%s has %s, but the ARNs of %s have none: write arn:%s:%s:::%s."
                .formatted(
                    shown,
                    region ? "a region" : "an account",
                    what,
                    arn.partition(),
                    arn.service(),
                    example))
        : Optional.empty();
  }

  private static boolean isLiteral(String part) {
    return !part.isEmpty() && !Arn.isOpen(part);
  }
}
