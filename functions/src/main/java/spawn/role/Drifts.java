package spawn.role;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import spawn.payload.Quote;
import spawn.policy.PolicyHash;
import spawn.policy.TrustedPrincipals;

/**
 * Tells in what a role differs from what it was made with.
 *
 * <p>The tag {@link Tags#POLICIES} says the hash of what it was made with, and the digits of a
 * generated name follow from that hash. So where its content has another hash, one of three was
 * changed, content, tag or name, and a name cannot be. What the content was is told by whatever has
 * the right hash: the role's own record ({@link RoleRecord}), or the role as it is, with another
 * value of one part ({@link Guesses}). Where nothing has it, the content as a whole is named.
 *
 * <p>Only a {@link RoleStage#WHOLE whole} role has to hold what its hash says. Whom a role trusts,
 * and its boundary, are right from its creation on, so they are looked at in every stage.
 */
public final class Drifts {
  private static final String HASH = "[0-9a-f]{64}";

  private final Owner owner;
  private final List<String> boundaries;

  /**
   * Creates the comparison for one stack.
   *
   * @param boundaries the ARNs of the boundaries that its roles may have
   */
  public Drifts(Owner owner, List<String> boundaries) {
    this.owner = owner;
    this.boundaries = List.copyOf(boundaries);
  }

  /** Returns every way in which a role differs; none if it is as it was made. */
  public List<Drift> of(FullRole held) {
    KnownRole role = held.role();
    RoleStage stage = RoleStage.of(role, owner);
    if (stage == RoleStage.FOREIGN) {
      return List.of();
    }
    List<Drift> drifts = new ArrayList<>();
    spawnTags(role, drifts);
    foreignInline(held, drifts);
    Found found = new Found(held);
    if (!found.ownTrust) {
      drifts.add(
          new Drift(
              DriftKind.TRUST,
              "Its trust policy is none that spawn makes: it lets in %s."
                  .formatted(Quote.cut(String.join(", ", found.names)))));
    }
    if (!found.ownBoundary) {
      drifts.add(
          new Drift(
              DriftKind.BOUNDARY,
              role.permissionsBoundary()
                  .map("Its permissions boundary %s is none of this stack's."::formatted)
                  .orElse("It has no permissions boundary.")));
    }
    if (stage == RoleStage.WHOLE) {
      byHash(found, drifts);
    }
    return List.copyOf(drifts);
  }

  /** What is found of a role before its hash is looked at. */
  private final class Found {
    private final KnownRole role;
    private final List<String> names;
    private final boolean ownTrust;
    private final boolean ownBoundary;
    private final Made made;

    Found(FullRole held) {
      role = held.role();
      names = List.copyOf(TrustedPrincipals.of(role.trustPolicy()).names());
      List<String> services =
          names.stream().filter(name -> name.matches(KnownRole.SERVICE)).toList();
      ownTrust = role.trustsOnlyServices();
      ownBoundary = role.hasOneOf(boundaries);
      made = Made.of(held, services);
    }
  }

  private static void spawnTags(KnownRole role, List<Drift> drifts) {
    for (String key : List.of(Tags.MANAGED, Tags.CREATED, Tags.CREATOR, Tags.POLICIES)) {
      if (role.tag(key).isEmpty()) {
        drifts.add(new Drift(DriftKind.SPAWN_TAG, "Its tag %s is gone.".formatted(key)));
      }
    }
    if (role.tag(Tags.MANAGED).filter(value -> !value.equals("true")).isPresent()) {
      drifts.add(new Drift(DriftKind.SPAWN_TAG, "Its tag %s is not true.".formatted(Tags.MANAGED)));
    }
    if (role.hasUnreadableLease()) {
      drifts.add(
          new Drift(
              DriftKind.SPAWN_TAG, "Its tag %s holds no instant.".formatted(Tags.LEASE_UNTIL)));
    }
  }

  /** A revocation denies in a policy of its own, which takes power and gives none. */
  private static void foreignInline(FullRole held, List<Drift> drifts) {
    boolean revoked = held.role().tag(Tags.REVOKED).isPresent();
    held.policies()
        .inline()
        .forEach(
            (name, document) -> {
              if (!revoked && Revocation.isDenial(name, document)) {
                drifts.add(
                    new Drift(
                        DriftKind.SPAWN_TAG,
                        "Its inline policy %s revokes it, and its tag %s is missing: revoke it again, or undo that."
                            .formatted(name, Tags.REVOKED)));
              } else if (!name.equals(Roles.INLINE_POLICY)
                  && !(revoked && Revocation.onlyDenies(document))) {
                drifts.add(
                    new Drift(
                        DriftKind.INLINE_ADDED,
                        "It holds the inline policy %s, which spawn did not put."
                            .formatted(Quote.of(name))));
              }
            });
  }

  /**
   * Returns what a whole role was made with, proven by the whole hash in its tag, which its name
   * does not contradict; nothing if that cannot be known. A few digits of a name prove too little
   * to write by.
   */
  Optional<Made> proven(FullRole held) {
    Found found = new Found(held);
    return rightTag(found.role)
        .flatMap(
            tag ->
                tag.equals(found.made.hash()) ? Optional.of(found.made) : made(found, tag::equals));
  }

  private static Optional<PolicyHash> tag(KnownRole role) {
    return role.tag(Tags.POLICIES).filter(text -> text.matches(HASH)).map(PolicyHash::new);
  }

  /** Returns the hash in a role's tag, unless its name contradicts it. */
  private Optional<PolicyHash> rightTag(KnownRole role) {
    return tag(role).filter(hash -> !owner.isGenerated(role.name()) || fits(role, hash));
  }

  private void byHash(Found found, List<Drift> drifts) {
    KnownRole role = found.role;
    Optional<PolicyHash> tag = tag(role);
    boolean isNamedByHash = owner.isGenerated(role.name());
    boolean tagFits = rightTag(role).isPresent();
    if (role.tag(Tags.POLICIES).isPresent() && !tagFits) {
      drifts.add(
          new Drift(
              DriftKind.HASH_TAG,
              tag.isPresent()
                  ? "Its tag %s says another hash than its name.".formatted(Tags.POLICIES)
                  : "Its tag %s holds no hash.".formatted(Tags.POLICIES)));
    }
    if (!isNamedByHash && !tagFits) {
      return; // nothing says what it was made with
    }
    // Eight digits can be met by trying; the whole hash cannot.
    Predicate<PolicyHash> isRight =
        tagFits ? hash -> tag.equals(Optional.of(hash)) : hash -> fits(role, hash);
    expiry(found, drifts);
    if (found.ownTrust && found.ownBoundary && isRight.test(found.made.hash())) {
      return;
    }
    if (!isNamedByHash && recorded(found.role).filter(found.made::equals).isPresent()) {
      drifts.add(
          new Drift(
              DriftKind.HASH_TAG,
              "Its tag %s contradicts what it holds and what its other tags record."
                  .formatted(Tags.POLICIES)));
      return;
    }
    made(found, isRight)
        .ifPresentOrElse(
            made ->
                drifts.addAll(
                    new ContentDrifts(found.made, made, found.ownTrust, found.ownBoundary).all()),
            () ->
                drifts.add(
                    new Drift(
                        DriftKind.CONTENT,
                        "What it holds has another hash than what it was made with, and nothing records in which part it differs.")));
  }

  /** Returns whether the digits of a role's name follow from a hash. */
  private boolean fits(KnownRole role, PolicyHash hash) {
    return owner.generatedNames(hash).contains(role.name())
        || owner.defaultNames(hash).contains(role.name());
  }

  /** Returns what a role was made with, if that can be known. */
  private Optional<Made> made(Found found, Predicate<PolicyHash> isRight) {
    return recorded(found.role)
        .filter(made -> isRight.test(made.hash()))
        .or(() -> guessed(found, isRight));
  }

  private static Optional<Made> recorded(KnownRole role) {
    return RoleRecord.unproven(role).map(Made::of);
  }

  /** The policy denies after a time, and the tag says it to whoever looks. */
  private static void expiry(Found found, List<Drift> drifts) {
    Optional<Instant> denies = found.made.permissions().expires();
    if (found.ownTrust
        && found.role.tag(Tags.EXPIRES).isPresent()
        && !found.role.expires().equals(denies)) {
      drifts.add(
          new Drift(
              DriftKind.SPAWN_TAG,
              "Its tag %s says another time than its policy.".formatted(Tags.EXPIRES)));
    }
  }

  private Optional<Made> guessed(Found found, Predicate<PolicyHash> isRight) {
    return new Guesses(found.made, found.ownTrust, found.ownBoundary, boundaries).first(isRight);
  }
}
