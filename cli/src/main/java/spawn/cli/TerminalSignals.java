package spawn.cli;

import java.lang.reflect.Proxy;

/**
 * The signals that keys of the terminal send to all programs in front, this one and the program
 * that it has started.
 */
final class TerminalSignals {
  private TerminalSignals() {}

  /**
   * Leaves Ctrl-C and Ctrl-Z to the program that is started next, which passes them on to the
   * instance. Otherwise the first would end this program, and the second stop it.
   *
   * <p>Java has no other way than a class of the JDK that is not part of its specification; where
   * that is missing, or a system lacks a signal, the keys keep their meaning.
   */
  static void leaveToChild() {
    for (String name : new String[] {"INT", "TSTP"}) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        // Not SIG_IGN: a program inherits that, and some then never hear of the key.
        Object nothing =
            Proxy.newProxyInstance(
                TerminalSignals.class.getClassLoader(),
                new Class<?>[] {handler},
                (self, method, given) -> null);
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), nothing);
      } catch (ReflectiveOperationException keepsItsMeaning) {
        return;
      }
    }
  }
}
