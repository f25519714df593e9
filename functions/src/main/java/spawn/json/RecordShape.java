package spawn.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;

/** The members of a kind of record, and what makes one. Looked up once for each. */
final class RecordShape {
  private static final ClassValue<RecordShape> KNOWN =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  /**
   * A member.
   *
   * @param type its type with what that is generic in
   * @param rawType its class
   */
  record Member(String name, Type type, Class<?> rawType, Method accessor) {
    Object of(Record value) {
      try {
        return accessor.invoke(value);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  private final List<Member> members;
  private final Constructor<?> constructor;

  private RecordShape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    members = Arrays.stream(components).map(RecordShape::member).toList();
    try {
      constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException everyRecordHasOne) {
      throw new IllegalStateException(everyRecordHasOne);
    }
    constructor.setAccessible(true);
  }

  private static Member member(RecordComponent component) {
    component.getAccessor().setAccessible(true);
    return new Member(
        component.getName(),
        component.getGenericType(),
        component.getType(),
        component.getAccessor());
  }

  static RecordShape of(Class<?> type) {
    return KNOWN.get(type);
  }

  List<Member> members() {
    return members;
  }

  Object made(Object[] arguments) throws ReflectiveOperationException {
    return constructor.newInstance(arguments);
  }
}
