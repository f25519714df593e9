package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.payload.Quote;
import spawn.policy.PermissionsReader;
import spawn.policy.ResolvedPermissions;
import spawn.policy.StackContext;

/** Reads the {@code iam} object of a payload: which role, with what in it, in which profile. */
public final class RoleRequestReader {
  /** The members of an {@code iam} object. */
  public static final Set<String> FIELDS =
      Stream.concat(
              Stream.of("role", "roleTags", "instanceProfile", "creator"),
              PermissionsReader.FIELDS.stream())
          .collect(Collectors.toUnmodifiableSet());

  /**
   * What IAM takes as the name of an instance profile (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html">CreateInstanceProfile</a>).
   */
  private static final Pattern PROFILE_NAME = Pattern.compile("[\\w+=,.@-]{1,128}");

  private final PermissionsReader permissions;

  /** Creates a reader for the roles of one stack. */
  public RoleRequestReader(StackContext context) {
    this.permissions = new PermissionsReader(context);
  }

  /**
   * Reads an {@code iam} object; where there is none, the default role is meant.
   *
   * @param iam the object, of whose members the caller has checked the names
   * @param executionName the execution's name: the creator, where the payload names none
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  public ReadRole read(PayloadObject iam, String executionName, Problems problems) {
    ResolvedPermissions resolved =
        iam.isGiven()
            ? permissions.read(iam.json(), iam.path(), problems)
            : permissions.defaultRole();
    RoleRequest request =
        new RoleRequest(
            names(iam, resolved, problems),
            resolved.permissions(),
            !iam.isGiven() || resolved.described(),
            tags(iam.object("roleTags"), problems),
            creator(iam, executionName, problems));
    return new ReadRole(request, profileName(iam, problems), resolved);
  }

  private static List<String> names(
      PayloadObject iam, ResolvedPermissions resolved, Problems problems) {
    if (!iam.isGiven()) {
      return List.of(RoleNames.DEFAULT);
    }
    Optional<String> name = iam.text("role");
    name.filter(given -> !RoleNames.isValid(given))
        .ifPresent(
            given ->
                problems.add(
                    iam.path("role"),
                    "\"%s\" is no role name: IAM takes 1 to 64 letters, digits and _ + = , . @ -, without a path."
                        .formatted(given)));
    return name.map(List::of).orElseGet(() -> RoleNames.generated(resolved.permissions().hash()));
  }

  /** Reads who asked; the execution, where nobody is named. */
  public static String creator(PayloadObject iam, String executionName, Problems problems) {
    Optional<String> creator = iam.text("creator");
    if (creator.filter(given -> !Tags.isValidValue(given)).isPresent()) {
      problems.add(
          iam.path("creator"),
          "This becomes a tag: up to 256 letters, digits, spaces and _ . : / = + - @.");
    }
    return creator.orElse(executionName);
  }

  /** Reads an object of tags for roles. */
  public static Map<String, String> tags(PayloadObject given, Problems problems) {
    Map<String, String> tags = new TreeMap<>();
    Set<String> keysIgnoringCase = new HashSet<>();
    for (Map.Entry<String, JsonNode> tag : given.json().properties()) {
      String path = given.path(tag.getKey());
      if (!Tags.isValidKey(tag.getKey())) {
        problems.add(
            path,
            "IAM takes tag keys of 1 to 128 letters, digits, spaces and _ . : / = + - @ (no comma).");
      }
      if (Tags.isReserved(tag.getKey())) {
        problems.add(
            path,
            "Tags that begin with \"spawn:\" or \"aws:\" are written by spawn and AWS; choose another key.");
      }
      if (!keysIgnoringCase.add(tag.getKey().toLowerCase(Locale.ROOT))) {
        problems.add(path, "This key is given twice: IAM ignores case in the keys of role tags.");
      }
      if (!tag.getValue().isTextual()) {
        problems.add(path, "This must be a string, not %s.".formatted(Quote.kind(tag.getValue())));
      } else if (!Tags.isValidValue(tag.getValue().textValue())) {
        problems.add(
            path,
            "IAM takes tag values of up to 256 letters, digits, spaces and _ . : / = + - @ (no comma).");
      } else {
        tags.put(tag.getKey(), tag.getValue().textValue());
      }
    }
    if (given.json().size() > Tags.MOST_OF_CALLER) {
      problems.add(
          given.path(),
          "%d tags are too many: IAM takes 50 a role, and spawn needs %d of them."
              .formatted(given.json().size(), 50 - Tags.MOST_OF_CALLER));
    }
    return tags;
  }

  private static Optional<String> profileName(PayloadObject iam, Problems problems) {
    Optional<String> name = iam.text("instanceProfile");
    name.filter(given -> !PROFILE_NAME.matcher(given).matches())
        .ifPresent(
            given ->
                problems.add(
                    iam.path("instanceProfile"),
                    "\"%s\" is no profile name: IAM takes 1 to 128 letters, digits and _ + = , . @ -, without a path."
                        .formatted(given)));
    return name;
  }
}
