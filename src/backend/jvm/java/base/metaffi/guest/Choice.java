package metaffi.guest;

import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.List;

/** A method or a constructor as it is called, and which of several that is. */
class Choice {
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
    private final Class<?>[] types;

    Choice(Executable member, boolean isExpanded) {
        this.member = member;
        this.isExpanded = isExpanded;
        types = member.getParameterTypes();
    }

    /** As it is declared. */
    static Choice of(Executable member) {
        return new Choice(member, false);
    }

    /** Whether so many arguments are given for it. */
    boolean takes(int count) {
        return isExpanded ? count >= types.length - 1 : count == types.length;
    }

    /** What it takes at a place. */
    Class<?> type(int index) {
        int last = types.length - 1;
        return isExpanded && index >= last ? types[last].getComponentType() : types[index];
    }

    /** Those that are meant by what is given: one, none, or some of which none is better. */
    static List<Choice> best(List<? extends Executable> all, List<Declared> given) {
        for (Phase phase : Phase.values()) {
            List<Choice> fit = new ArrayList<>();
            for (Executable one : all) {
                Choice choice = new Choice(one, phase.expands);
                if ((!phase.expands || one.isVarArgs()) && choice.takes(phase, given)) fit.add(choice);
            }
            if (!fit.isEmpty()) return best(fit, given.size(), phase.isChecked);
        }
        return List.of();
    }

    private boolean takes(Phase phase, List<Declared> given) {
        boolean takes = takes(given.size());
        for (int i = 0; takes && i < given.size(); i++) takes = phase.takes(given.get(i), type(i));
        return takes;
    }

    /** The most specific ones for so many arguments; where each call is checked those that take the most. */
    static <C extends Choice> List<C> best(List<C> fit, int count, boolean isWidest) {
        List<C> best = new ArrayList<>();
        for (C one : fit) {
            boolean isBeaten = false;
            for (Choice other : fit) isBeaten |= isWidest ? one.isBelow(other, count) && !other.isBelow(one, count) : other.isBelow(one, count) && !one.isBelow(other, count);
            if (!isBeaten) best.add(one);
        }
        return best;
    }

    /** Elements that are not given tell, too, as they do for Java's compiler. */
    boolean isBelow(Choice other, int count) {
        int compared = isExpanded ? Math.max(count, Math.max(types.length, other.types.length)) : count;
        for (int i = 0; i < compared; i++) if (!Declared.widens(type(i), other.type(i))) return false;
        return true;
    }
}
