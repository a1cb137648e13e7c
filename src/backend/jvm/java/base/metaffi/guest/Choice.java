package metaffi.guest;

import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A method or a constructor as it is called with so many arguments, and which of several that is. */
final class Choice {
    /** By Java's own rules, one after the other; then what may fail in a call. */
    private enum Phase {
        STRICT,
        LOOSE,
        EXPANDED,
        CHECKED,
        CHECKED_EXPANDED;

        final boolean expands = name().endsWith("EXPANDED");
        final boolean isChecked = name().startsWith("CHECKED");

        boolean takes(Declared given, Class<?> type) {
            if (isChecked) return given.converts(type);
            return this == STRICT ? given.isStrict(type) : given.isLoose(type);
        }
    }

    final Executable member;
    /** Whether the last parameter, an array, is given element by element. */
    final boolean isExpanded;
    /** What it takes then. */
    private final Class<?>[] types;

    private Choice(Executable member, boolean isExpanded, Class<?>[] types) {
        this.member = member;
        this.isExpanded = isExpanded;
        this.types = types;
    }

    /** As it is declared. */
    static Choice of(Executable member) {
        return new Choice(member, false, member.getParameterTypes());
    }

    /** Those that are meant by what is given: one, none, or some of which none is better. */
    static List<Choice> best(List<? extends Executable> all, List<Declared> given) {
        for (Phase phase : Phase.values()) {
            List<Choice> fit = new ArrayList<>();
            for (Executable one : all) {
                Choice choice = expanded(one, phase.expands, given.size());
                if (choice != null && choice.takes(phase, given)) fit.add(choice);
            }
            if (!fit.isEmpty()) return best(fit, phase.isChecked);
        }
        return List.of();
    }

    /** What is called with so many arguments; null if it never is. */
    private static Choice expanded(Executable member, boolean expands, int count) {
        Class<?>[] declared = member.getParameterTypes();
        if (!expands) return declared.length == count ? of(member) : null;
        int fixed = declared.length - 1;
        if (!member.isVarArgs() || count < fixed) return null;
        Class<?>[] types = Arrays.copyOf(declared, count);
        Arrays.fill(types, fixed, count, declared[fixed].getComponentType());
        return new Choice(member, true, types);
    }

    private boolean takes(Phase phase, List<Declared> given) {
        for (int i = 0; i < types.length; i++) if (!phase.takes(given.get(i), types[i])) return false;
        return true;
    }

    /** The most specific ones; where each call is checked those that take the most. */
    private static List<Choice> best(List<Choice> fit, boolean isWidest) {
        List<Choice> best = new ArrayList<>();
        for (Choice one : fit) {
            boolean beaten = false;
            for (Choice other : fit) beaten |= isWidest ? one.isBelow(other) && !other.isBelow(one) : other.isBelow(one) && !one.isBelow(other);
            if (!beaten) best.add(one);
        }
        return best;
    }

    private boolean isBelow(Choice other) {
        for (int i = 0; i < types.length; i++) if (!Declared.widens(types[i], other.types[i])) return false;
        // With nothing given element by element the elements tell.
        return !isExpanded || Declared.widens(last(member), last(other.member));
    }

    private static Class<?> last(Executable member) {
        return member.getParameterTypes()[member.getParameterCount() - 1].getComponentType();
    }
}
