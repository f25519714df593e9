package spawn.simulation;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.isSubTypeOf;
import static net.bytebuddy.matcher.ElementMatchers.returns;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.InvocationHandlerAdapter;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;

/**
 * A class of clients whose operations are handled one by one. The JDK's own proxies handle every
 * method of an interface, of which EC2's client has more than newer JDKs can write into a class.
 */
final class InterposedClass {
  private static final String HANDLER = "handler";

  /** A client with a thousand operations takes a second: made once for each. */
  private static final ClassValue<InterposedClass> KNOWN =
      new ClassValue<>() {
        @Override
        protected InterposedClass computeValue(Class<?> client) {
          return new InterposedClass(client);
        }
      };

  private final Constructor<?> constructor;

  private InterposedClass(Class<?> client) {
    Class<?> made =
        new ByteBuddy()
            .subclass(Object.class)
            .implement(client)
            .defineField(HANDLER, InvocationHandler.class, Visibility.PUBLIC)
            .method(
                isAbstract()
                    .or(
                        returns(isSubTypeOf(AwsResponse.class))
                            .and(takesArguments(1))
                            .and(takesArgument(0, isSubTypeOf(AwsRequest.class)))))
            .intercept(InvocationHandlerAdapter.toField(HANDLER))
            .make()
            .load(client.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
            .getLoaded();
    try {
      constructor = made.getConstructor();
    } catch (NoSuchMethodException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Returns the class of one kind of client. */
  static InterposedClass of(Class<?> client) {
    return KNOWN.get(client);
  }

  /** Returns a client whose operations are handled. */
  Object asking(InvocationHandler handler) {
    try {
      Object client = constructor.newInstance();
      client.getClass().getField(HANDLER).set(client, handler);
      return client;
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
