package spawn.aws;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;
import software.amazon.awssdk.utils.builder.ToCopyableBuilder;

/** Changes texts within requests, answers and refusals of the SDK. */
final class Renaming {
  private Renaming() {}

  /**
   * Returns a copy in which the texts of members with certain names are changed, at any depth.
   *
   * @param members the members' names as AWS spells them; none for all
   */
  @SuppressWarnings("unchecked") // a copy of a T that its own builder makes
  static <T extends SdkPojo> T of(T original, Set<String> members, UnaryOperator<String> change) {
    if (!(original instanceof ToCopyableBuilder<?, ?> copyable)) {
      return original;
    }
    SdkBuilder<?, ?> builder = copyable.toBuilder();
    for (SdkField<?> field : original.sdkFields()) {
      Object value = field.getValueOrDefault(original);
      if (value instanceof String text) {
        if (members.isEmpty() || members.contains(field.memberName())) {
          field.set(builder, change.apply(text));
        }
      } else if (value instanceof SdkPojo pojo) {
        field.set(builder, of(pojo, members, change));
      } else if (value instanceof List<?> list && isOfPojos(list)) {
        field.set(
            builder, list.stream().map(element -> of((SdkPojo) element, members, change)).toList());
      } else if (value instanceof List<?> list && isOfTexts(list) && members.isEmpty()) {
        field.set(builder, list.stream().map(text -> change.apply((String) text)).toList());
      }
    }
    return (T) builder.build();
  }

  private static boolean isOfPojos(List<?> list) {
    return !list.isEmpty() && list.get(0) instanceof SdkPojo;
  }

  private static boolean isOfTexts(List<?> list) {
    return !list.isEmpty() && list.get(0) instanceof String;
  }

  /** Returns a refusal of the same class and code whose words are changed. */
  static AwsServiceException of(AwsServiceException refusal, UnaryOperator<String> change) {
    return refusal.toBuilder()
        .message(change.apply(refusal.getMessage()))
        .awsErrorDetails(
            refusal.awsErrorDetails().toBuilder()
                .errorMessage(
                    change.apply(String.valueOf(refusal.awsErrorDetails().errorMessage())))
                .build())
        .build();
  }
}
