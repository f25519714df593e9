package spawn.local;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests their {@link Target}: the stack that the file of the system property {@code
 * spawn.target} describes, and without it the tests' own.
 */
public final class Targets implements ParameterResolver, AfterEachCallback {
  /** JUnit calls this. */
  public Targets() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Target.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return DeployedStack.PROPERTY.isPresent()
        ? DeployedStack.of(context, DeployedStack.PROPERTY.get())
        : LocalStack.stackOf(context);
  }

  /** Ends the instances of a test in an account: its quota of processors may be small. */
  @Override
  public void afterEach(ExtensionContext context) {
    DeployedStack.PROPERTY.ifPresent(file -> DeployedStack.of(context, file).endInstances());
  }
}
