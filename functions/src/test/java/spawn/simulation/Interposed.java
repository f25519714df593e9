package spawn.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.Role;

/** What stands between a function and AWS. */
@FunctionalInterface
public interface Interposed {
  /** Passes everything through. */
  Interposed NONE = (request, ask) -> ask.apply(request);

  /**
   * Answers a call.
   *
   * @param ask asks AWS
   */
  AwsResponse call(AwsRequest request, Function<AwsRequest, AwsResponse> ask);

  /** Returns what changes each question. */
  static Interposed asking(UnaryOperator<AwsRequest> change) {
    return (request, ask) -> ask.apply(change.apply(request));
  }

  /** Returns what changes each answer. */
  static Interposed answering(UnaryOperator<AwsResponse> change) {
    return (request, ask) -> change.apply(ask.apply(request));
  }

  /** Returns what changes each role that is read. */
  static Interposed reading(UnaryOperator<Role> change) {
    return answering(
        answer ->
            answer instanceof GetRoleResponse read
                ? read.toBuilder().role(change.apply(read.role())).build()
                : answer);
  }

  /**
   * Returns a client that asks through this; what the SDK's interface builds on requests
   * (consumers, paginators) is left to it.
   */
  default <C> C before(Class<C> type, C client) {
    InvocationHandler handler =
        (interposed, method, arguments) ->
            AwsResponse.class.isAssignableFrom(method.getReturnType())
                ? call(
                    (AwsRequest) arguments[0],
                    request -> (AwsResponse) invoke(method, client, new Object[] {request}))
                : invoke(method, client, arguments);
    return type.cast(InterposedClass.of(type).asking(handler));
  }

  private static Object invoke(Method method, Object client, Object[] arguments) {
    try {
      return method.invoke(client, arguments);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (thrown.getCause() instanceof Error end) {
        throw end;
      }
      throw new IllegalStateException(thrown.getCause());
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
