/// \file
/// Objects of C++ classes: what a class has members for, its objects can do in every runtime.
///
/// - `get_attribute(std::string_view)`, `set_attribute(std::string_view, const value &)`,
///   `delete_attribute(std::string_view)`, `members()`, a range of names: attributes;
/// - `call(const arguments &)`, or one `operator()`, of these or of what travels: calls;
/// - `methods()`, a range of names, and `invoke(std::string_view, const arguments &)`: methods;
/// - `operator[]` of an index, `set_item(std::int64_t, const value &)`,
///   `delete_item(std::int64_t)`: items; those of a reference that `operator[]` gives are written;
/// - `operator[]` of a `const value &` or a text, `set_entry(const value &, const value &)`,
///   `delete_entry(const value &)`: entries;
/// - `key_type`, `mapped_type` and `find`, as a std::map has them: a mapping; without `mapped_type`
///   a set;
/// - `size()`, `contains(const value &)`: a length, and being looked into;
/// - `begin()` and `end()`; or `next()`, which gives a `std::optional`: a loop, of a map over keys;
/// - `operator==`, `operator<`, `hash()` or a `std::hash`: comparing it with its like, or with a
///   `const value &` if it takes that; one without `operator==` is equal to itself;
/// - `to_string()`, `number()`, `explicit operator bool`: a text, a number, a truth;
/// - `enter()`, `exit(const error *)` or `exit()`: a context;
/// - `buffer(bool writable)`, an `array`: memory; `visit(const sink &)`: telling visitors.
///
/// Where a `const value &` is said, a number, a text or a vector will do as well: what is given is
/// converted, or it is an error. What a member gives is null for `void`, else what travels, a
/// `value`, or else an object: what a `std::shared_ptr` has, or a copy. An empty `std::optional`,
/// and a `std::out_of_range` that is thrown, are what is not there. Every other exception is an
/// error, with its type's name and what() it says; a `metaffi::error` stays itself.
///
/// `static constexpr const char *type_name` names the type,
/// `static constexpr metaffi_capabilities is` says what it is beside that, such as METAFFI_IS_SET,
/// and `static constexpr bool is_quick = true` that its members return soon and wait for nobody.
///
/// Members run on whatever thread uses the object, perhaps on several at once.
#ifndef METAFFI_HOST_OBJECT_HPP
#define METAFFI_HOST_OBJECT_HPP

#include "callable.hpp"
#include "expression.hpp"
#include "member.hpp"
#include "visitor.hpp"

namespace metaffi {
namespace detail {

/// Calls an object with what travels, as its one call operator declares it.
template <class Signature>
struct called_as;
template <class R, class... A>
struct called_as<R(A...)> {
    template <class T, std::size_t... I>
    static R call(T &target, const arguments &given, std::index_sequence<I...>) {
        return target(given.get<std::decay_t<A>>(I)...);
    }
    template <class T>
    static R with(T &target, const arguments &given) {
        static_assert(std::is_invocable_v<T &, std::decay_t<A>...> &&
                          (... && (travels<std::decay_t<A>> || is_vector<std::decay_t<A>>)),
                      "operator() of an object takes numbers, text, vectors, metaffi::value and "
                      "metaffi::object, by value or by reference to const, or arguments alone");
        if (given.size() != sizeof...(A) || given.named_count() != 0)
            throw error(METAFFI_STATUS_INVALID_ARGUMENT, "",
                        std::to_string(given.size() + given.named_count()) +
                            " arguments given, but it takes " + std::to_string(sizeof...(A)) +
                            " by position");
        return call(target, given, std::index_sequence_for<A...>());
    }
};

/// Gives an object of the host's to C.
template <class H>
metaffi_object *new_object(std::unique_ptr<H> held) {
    metaffi_object *made = nullptr;
    auto finalize = [](void *finalized) noexcept { delete static_cast<H *>(finalized); };
    invoke(metaffi_object_new, &H::object_class(), static_cast<void *>(held.get()),
           static_cast<metaffi_finalizer>(finalize), &made);
    held.release();
    return made;
}

/// Writes what a member gives; false if that is nothing.
template <class F>
bool put(metaffi_value *to, F &&function) {
    if constexpr (is_optional<std::decay_t<decltype(function())>>) {
        auto found = function();
        if (!found)
            return false;
        *to = given([&]() -> decltype(auto) { return *std::move(found); });
    } else {
        *to = given(function);
    }
    return true;
}

/// Runs a member that may find nothing.
template <class F>
metaffi_status found(metaffi_error **failure, F &&body) {
    bool is_there = true;
    metaffi_status status = reported(failure, [&] {
        try {
            is_there = body();
        } catch (const std::out_of_range &absent) {
            throw error(METAFFI_STATUS_NOT_FOUND, "std::out_of_range", absent.what());
        }
    });
    return status == METAFFI_OK && !is_there ? METAFFI_STATUS_NOT_FOUND : status;
}

/// Where a loop over an object is; it keeps the object.
template <class T>
struct host_loop {
    std::shared_ptr<T> over;
    decltype(std::declval<T &>().begin()) at;
    decltype(std::declval<T &>().end()) end;

    explicit host_loop(std::shared_ptr<T> of) : over(of), at(of->begin()), end(of->end()) {}

    static metaffi_status next(void *userdata, metaffi_value *values, std::size_t room,
                               std::size_t *count, metaffi_error **failure) {
        return reported(failure, [&] {
            auto &loop = *static_cast<host_loop *>(userdata);
            for (; *count < room && loop.at != loop.end; ++loop.at, ++*count)
                values[*count] = given([&]() -> decltype(auto) {
                    if constexpr (is_pair<std::decay_t<decltype(*loop.at)>>)
                        return ((*loop.at).first);
                    else
                        return *loop.at;
                });
        });
    }
    static const metaffi_object_class &object_class() {
        static const metaffi_object_class made = [] {
            metaffi_object_class made{};
            made.size = sizeof made;
            made.name = "iterator";
            made.flags = said_to_be_quick<T> ? METAFFI_CLASS_QUICK : 0;
            made.next = next;
            return made;
        }();
        return made;
    }
};

/// An object of a class of C++ behind a handle, and what C calls of it.
template <class T>
struct host_object {
    std::shared_ptr<T> target;

    using text = std::string_view;
    using index = std::size_t;
    using any = member_argument;

    static constexpr bool has_any_entries = is_indexed<T, const value &>;
    static constexpr bool has_text_entries =
        !has_any_entries && !is_map<T> && is_indexed<T, std::string>;
    static constexpr bool has_entries = has_any_entries || has_text_entries || is_map<T>;
    static constexpr bool has_items = !has_any_entries && !is_map<T> && is_indexed<T, index>;
    static constexpr bool has_size = calls_size<void, T>;
    static constexpr bool has_loop = calls_begin<void, T>;
    static constexpr bool has_calls = calls_call<void, T, const arguments &>;
    static constexpr bool has_equality = is_equated<T> || is_equated_with<T, const value &>;
    static constexpr bool has_hash = calls_hash<void, T> || std::is_invocable_v<std::hash<T>, T &>;

    static T &of(void *userdata) { return *static_cast<host_object *>(userdata)->target; }

    // What has the name of a member, but is not what that is.
    static_assert(!names_get_attribute<T> || calls_get_attribute<void, T, text>,
                  "get_attribute of an object takes a std::string_view");
    static_assert(!names_set_attribute<T> || calls_set_attribute<void, T, text, any>,
                  "set_attribute of an object takes a std::string_view, and what is set");
    static_assert(!names_delete_attribute<T> || calls_delete_attribute<void, T, text>,
                  "delete_attribute of an object takes a std::string_view");
    static_assert(!names_members<T> || calls_members<void, T>,
                  "members of an object takes nothing, and gives a range of names");
    static_assert(!names_call<T> || has_calls, "call of an object takes a const arguments &");
    static_assert(!names_invoke<T> || calls_invoke<void, T, text, const arguments &>,
                  "invoke of an object takes a std::string_view and a const arguments &");
    static_assert(
        !names_methods<T> || (calls_methods<void, T> && names_invoke<T>),
        "methods of an object takes nothing, gives a range of names, and goes with invoke");
    static_assert(!names_set_item<T> || calls_set_item<void, T, std::int64_t, any>,
                  "set_item of an object takes a std::int64_t, and what is set");
    static_assert(!names_delete_item<T> || calls_delete_item<void, T, std::int64_t>,
                  "delete_item of an object takes a std::int64_t");
    static_assert(!names_set_entry<T> || calls_set_entry<void, T, any, any>,
                  "set_entry of an object takes a key, and what is set");
    static_assert(!names_delete_entry<T> || calls_delete_entry<void, T, any>,
                  "delete_entry of an object takes a key");
    static_assert(!names_contains<T> || calls_contains<void, T, any>,
                  "contains of an object takes what is looked for");
    static_assert(!names_index<T> || has_items || has_entries,
                  "operator[] of an object takes an index, a text or a const value &");
    static_assert(!names_size<T> || has_size, "size of an object takes nothing");
    static_assert(!names_begin<T> || has_loop, "begin of an object takes nothing");
    static_assert(!names_next<T> || calls_next<void, T>, "next of an object takes nothing");
    static_assert(!names_hash<T> || calls_hash<void, T>, "hash of an object takes nothing");
    static_assert(!names_to_string<T> || calls_to_string<void, T>,
                  "to_string of an object takes nothing");
    static_assert(!names_number<T> || calls_number<void, T>, "number of an object takes nothing");
    static_assert(!names_enter<T> || calls_enter<void, T>, "enter of an object takes nothing");
    static_assert(!names_exit<T> || calls_exit<void, T> || calls_exit<void, T, const error *>,
                  "exit of an object takes a const error *, which is NULL where nothing failed, or "
                  "nothing");
    static_assert(!names_buffer<T> || calls_buffer<void, T, bool>,
                  "buffer of an object takes whether it is written, and gives an array");
    static_assert(!names_visit<T> || calls_visit<void, T, const sink &>,
                  "visit of an object takes a const sink &");

    /// A method as a function of its own, which keeps the object.
    struct method {
        std::shared_ptr<T> of;
        std::string name;
        value operator()(const arguments &given) const {
            return value(
                detail::given([&]() -> decltype(auto) { return of->invoke(name, given); }));
        }
    };
    static metaffi_status get_attribute(void *userdata, const char *name, std::size_t length,
                                        metaffi_value *to, metaffi_error **failure) {
        return found(failure, [&] {
            T &target = of(userdata);
            text wanted(name, length);
            if constexpr (names_methods<T>) {
                for (const auto &known : target.methods()) {
                    if (text(known) != wanted)
                        continue;
                    auto &held = *static_cast<host_object *>(userdata);
                    callable made = callable::of_values(method{held.target, std::string(wanted)});
                    made.set_name(std::string(wanted).c_str());
                    *to = value(made).release();
                    return true;
                }
            }
            if constexpr (names_get_attribute<T>)
                return put(to, [&]() -> decltype(auto) { return target.get_attribute(wanted); });
            else
                return false;
        });
    }
    static metaffi_status set_attribute(void *userdata, const char *name, std::size_t length,
                                        const metaffi_value *given, metaffi_error **failure) {
        return found(failure, [&] {
            type<value>::parameter lent(*given);
            of(userdata).set_attribute(text(name, length), any{lent.borrowed});
            return true;
        });
    }
    static metaffi_status delete_attribute(void *userdata, const char *name, std::size_t length,
                                           metaffi_error **failure) {
        return found(failure, [&] {
            of(userdata).delete_attribute(text(name, length));
            return true;
        });
    }
    static metaffi_status members(void *userdata, metaffi_member_sink add, void *to,
                                  metaffi_error **failure) {
        return reported(failure, [&] {
            auto list = [&](const auto &names, metaffi_member_kind kind) {
                for (const auto &name : names) {
                    text listed(name);
                    check(add(to, listed.data(), listed.size(), kind), nullptr);
                }
            };
            if constexpr (names_methods<T>)
                list(of(userdata).methods(), METAFFI_MEMBER_METHOD);
            if constexpr (names_members<T>)
                list(of(userdata).members(), METAFFI_MEMBER_ATTRIBUTE);
        });
    }

    static metaffi_status call(void *userdata, const metaffi_value *values, std::size_t count,
                               const metaffi_name *const *names, std::size_t named,
                               metaffi_value *to, metaffi_error **failure) {
        return reported(failure, [&] {
            T &target = of(userdata);
            arguments given(values, count, names, named);
            *to = detail::given([&]() -> decltype(auto) {
                if constexpr (has_calls)
                    return target.call(given);
                else if constexpr (std::is_invocable_v<T &, const arguments &>)
                    return target(given);
                else
                    return called_as<signature_of<T>>::with(target, given);
            });
        });
    }
    static metaffi_status invoke(void *userdata, const char *name, std::size_t length,
                                 const metaffi_value *values, std::size_t count,
                                 const metaffi_name *const *names, std::size_t named,
                                 metaffi_value *to, metaffi_error **failure) {
        return found(failure, [&] {
            arguments given(values, count, names, named);
            return put(to, [&]() -> decltype(auto) {
                return of(userdata).invoke(text(name, length), given);
            });
        });
    }

    /// Whether there is such an item, as far as that can be told.
    static bool has_item(T &target, std::int64_t at) {
        if constexpr (has_size)
            return at >= 0 && static_cast<std::size_t>(at) < std::size_t(target.size());
        return at >= 0;
    }
    static metaffi_status get_item(void *userdata, std::int64_t at, metaffi_value *to,
                                   metaffi_error **failure) {
        return found(failure, [&] {
            T &target = of(userdata);
            return has_item(target, at) &&
                   put(to, [&]() -> decltype(auto) { return target[static_cast<index>(at)]; });
        });
    }
    /// Whether `operator[]` gives what can be assigned to.
    static constexpr bool is_assigned() {
        if constexpr (has_items) {
            using item = decltype(std::declval<T &>()[index()]);
            using plain = std::decay_t<item>;
            if constexpr (std::is_same_v<item, plain &>)
                return travels<plain> && !std::is_same_v<plain, value>;
        }
        return false;
    }
    static metaffi_status set_item(void *userdata, std::int64_t at, const metaffi_value *given,
                                   metaffi_error **failure) {
        return found(failure, [&] {
            T &target = of(userdata);
            type<value>::parameter lent(*given);
            if constexpr (names_set_item<T>) {
                target.set_item(at, any{lent.borrowed});
            } else {
                using item = std::decay_t<decltype(target[index()])>;
                if (!has_item(target, at))
                    return false;
                target[static_cast<index>(at)] = lent.borrowed.template as<item>();
            }
            return true;
        });
    }
    static metaffi_status delete_item(void *userdata, std::int64_t at, metaffi_error **failure) {
        return found(failure, [&] {
            of(userdata).delete_item(at);
            return true;
        });
    }

    /// Does something with what stands at a key, if anything does; a key of another type is none.
    template <class F>
    static bool at_key(T &target, const value &key, F &&body) {
        std::optional<typename T::key_type> wanted;
        try {
            wanted.emplace(key.as<typename T::key_type>());
        } catch (const error &) {
            return false;
        }
        auto found = target.find(*wanted);
        if (found == target.end())
            return false;
        body(target, found);
        return true;
    }
    static metaffi_status get_entry(void *userdata, const metaffi_value *key, metaffi_value *to,
                                    metaffi_error **failure) {
        return found(failure, [&] {
            type<value>::parameter lent(*key);
            if constexpr (is_map<T>)
                return at_key(of(userdata), lent.borrowed, [&](auto &, auto found) {
                    put(to, [&]() -> decltype(auto) { return (found->second); });
                });
            else if constexpr (has_any_entries)
                return put(to, [&]() -> decltype(auto) { return of(userdata)[lent.borrowed]; });
            else
                return key->type == metaffi_string8_type && put(to, [&]() -> decltype(auto) {
                           return of(userdata)[lent.borrowed.template as<std::string>()];
                       });
        });
    }
    static metaffi_status set_entry(void *userdata, const metaffi_value *key,
                                    const metaffi_value *given, metaffi_error **failure) {
        return found(failure, [&] {
            type<value>::parameter lent_key(*key), lent(*given);
            if constexpr (names_set_entry<T>)
                of(userdata).set_entry(any{lent_key.borrowed}, any{lent.borrowed});
            else
                of(userdata)[lent_key.borrowed.template as<typename T::key_type>()] =
                    lent.borrowed.template as<typename T::mapped_type>();
            return true;
        });
    }
    static metaffi_status delete_entry(void *userdata, const metaffi_value *key,
                                       metaffi_error **failure) {
        return found(failure, [&] {
            type<value>::parameter lent(*key);
            if constexpr (names_delete_entry<T>)
                of(userdata).delete_entry(any{lent.borrowed});
            else
                return at_key(of(userdata), lent.borrowed,
                              [](T &target, auto found) { target.erase(found); });
            return true;
        });
    }

    static metaffi_status length(void *userdata, std::size_t *length, metaffi_error **failure) {
        return reported(failure, [&] { *length = of(userdata).size(); });
    }
    static metaffi_status contains(void *userdata, const metaffi_value *given, bool *contains,
                                   metaffi_error **failure) {
        return reported(failure, [&] {
            type<value>::parameter lent(*given);
            if constexpr (names_contains<T>)
                *contains = of(userdata).contains(any{lent.borrowed});
            else
                *contains = at_key(of(userdata), lent.borrowed, [](T &, auto) {});
        });
    }
    static metaffi_status iterate(void *userdata, metaffi_iteration what, metaffi_object **to,
                                  metaffi_error **failure) {
        if (has_entries && (what == METAFFI_ITERATE_VALUES || what == METAFFI_ITERATE_ENTRIES))
            return METAFFI_STATUS_UNSUPPORTED;
        return reported(failure, [&] {
            auto &held = *static_cast<host_object *>(userdata);
            *to = new_object(std::make_unique<host_loop<T>>(held.target));
        });
    }
    static metaffi_status next(void *userdata, metaffi_value *values, std::size_t room,
                               std::size_t *count, metaffi_error **failure) {
        return reported(failure, [&] {
            while (*count < room && put(&values[*count], [&] { return of(userdata).next(); }))
                ++*count;
        });
    }

    static metaffi_status compare(void *userdata, metaffi_comparison how, const metaffi_value *with,
                                  bool *holds, metaffi_error **failure) {
        void *other = with->type == metaffi_handle_type
                          ? metaffi_object_userdata(with->data.object, &object_class())
                          : nullptr;
        const bool is_equality = how == METAFFI_EQUAL || how == METAFFI_NOT_EQUAL;
        const bool like = other != nullptr && (is_equality || is_ordered<T>);
        const bool any =
            is_equality ? is_equated_with<T, const value &> : is_ordered_with<T, const value &>;
        if (!like && !any)
            return METAFFI_STATUS_UNSUPPORTED;
        return reported(failure, [&] {
            T &left = of(userdata);
            type<value>::parameter lent(*with);
            if (like && is_equality && !is_equated<T>)
                *holds = (&left == &of(other)) == (how == METAFFI_EQUAL);
            else if (like)
                *holds = holds_between(how, left, of(other));
            else
                *holds = holds_between(how, left, static_cast<const value &>(lent));
        });
    }
    /// Whether a comparison holds of two that have it.
    template <class U>
    static bool holds_between(metaffi_comparison how, T &left, U &right) {
        if constexpr (is_equated_with<T, U &>)
            if (how == METAFFI_EQUAL || how == METAFFI_NOT_EQUAL)
                return bool(left == right) == (how == METAFFI_EQUAL);
        if constexpr (is_ordered_with<T, U &>) {
            if (how == METAFFI_LESS || how == METAFFI_GREATER_OR_EQUAL)
                return bool(left < right) == (how == METAFFI_LESS);
            if (how == METAFFI_GREATER || how == METAFFI_LESS_OR_EQUAL)
                return bool(right < left) == (how == METAFFI_GREATER);
        }
        return false;
    }
    static metaffi_status hash(void *userdata, std::uint64_t *hash, metaffi_error **failure) {
        return reported(failure, [&] {
            if constexpr (calls_hash<void, T>)
                *hash = of(userdata).hash();
            else if constexpr (has_hash)
                *hash = std::hash<T>()(of(userdata));
            else
                *hash = std::hash<T *>()(&of(userdata));
        });
    }
    static metaffi_status truth(void *userdata, bool *truth, metaffi_error **failure) {
        return reported(failure, [&] { *truth = static_cast<bool>(of(userdata)); });
    }
    static metaffi_status text_of(void *userdata, metaffi_text_kind, metaffi_value *to,
                                  metaffi_error **failure) {
        return reported(failure,
                        [&] { *to = value(std::string(of(userdata).to_string())).release(); });
    }
    static metaffi_status number(void *userdata, metaffi_value *to, metaffi_error **failure) {
        return reported(failure, [&] {
            *to = given([&]() -> decltype(auto) { return of(userdata).number(); });
        });
    }

    static metaffi_status enter(void *userdata, metaffi_value *to, metaffi_error **failure) {
        return reported(failure, [&] {
            *to = given([&]() -> decltype(auto) { return of(userdata).enter(); });
        });
    }
    static metaffi_status exit(void *userdata, const metaffi_error *failed, bool *handled,
                               metaffi_error **failure) {
        return reported(failure, [&] {
            auto leave = [&] {
                if constexpr (calls_exit<void, T>) {
                    return of(userdata).exit();
                } else {
                    if (failed == nullptr)
                        return of(userdata).exit(static_cast<const error *>(nullptr));
                    error described(metaffi_error_status(failed), metaffi_error_clone(failed));
                    return of(userdata).exit(static_cast<const error *>(&described));
                }
            };
            if constexpr (std::is_void_v<decltype(leave())>)
                leave();
            else
                *handled = leave();
        });
    }
    static metaffi_status buffer(void *userdata, bool writable, metaffi_array **to,
                                 metaffi_error **failure) {
        return reported(failure, [&] { *to = of(userdata).buffer(writable).release(); });
    }
    static metaffi_status visit(void *userdata, const metaffi_visitor *told, void *told_userdata,
                                metaffi_error **failure) {
        return reported(failure, [&] { of(userdata).visit(sink(told, told_userdata)); });
    }

    static constexpr metaffi_capabilities kind() {
        metaffi_capabilities is = said_to_be<T>;
        if (is == 0 && has_entries && has_loop)
            is |= METAFFI_IS_MAPPING;
        if (is == 0 && has_items && has_size)
            is |= METAFFI_IS_SEQUENCE;
        if (is == 0 && has_keys<T> && !is_map<T> && has_loop && has_size)
            is |= METAFFI_IS_SET;
        return (is_ordered<T> && is_equated<T>) || is_ordered_with<T, const value &>
                   ? is | METAFFI_CAN_ORDER
                   : is;
    }

    static metaffi_object_class make_class() {
        metaffi_object_class made{};
        made.size = sizeof made;
        made.name = named_type<T>::text();
        made.is = kind();
        made.flags = said_to_be_quick<T> ? METAFFI_CLASS_QUICK : 0;
        if constexpr (names_get_attribute<T> || names_methods<T>)
            made.get_attribute = get_attribute;
        if constexpr (names_set_attribute<T>)
            made.set_attribute = set_attribute;
        if constexpr (names_delete_attribute<T>)
            made.delete_attribute = delete_attribute;
        if constexpr (names_members<T> || names_methods<T>)
            made.members = members;
        if constexpr (has_calls || has_call_operator<T>)
            made.call = call;
        if constexpr (names_invoke<T>)
            made.invoke = invoke;
        if constexpr (has_items)
            made.get_item = get_item;
        if constexpr (names_set_item<T> || is_assigned())
            made.set_item = set_item;
        if constexpr (names_delete_item<T>)
            made.delete_item = delete_item;
        if constexpr (has_entries)
            made.get_entry = get_entry;
        if constexpr (names_set_entry<T> || is_map_of_values<T>)
            made.set_entry = set_entry;
        if constexpr (names_delete_entry<T> || is_map_of_values<T>)
            made.delete_entry = delete_entry;
        if constexpr (has_size)
            made.length = length;
        if constexpr (names_contains<T> || has_keys<T>)
            made.contains = contains;
        if constexpr (has_loop)
            made.iterate = iterate;
        if constexpr (calls_next<void, T>)
            made.next = next;
        made.compare = compare;
        if constexpr (has_hash || !has_equality)
            made.hash = hash;
        if constexpr (std::is_constructible_v<bool, T &>)
            made.truth = truth;
        if constexpr (calls_to_string<void, T>)
            made.text = text_of;
        if constexpr (calls_number<void, T>)
            made.number = number;
        if constexpr (names_enter<T>)
            made.enter = enter;
        if constexpr (names_exit<T>)
            made.exit = exit;
        if constexpr (names_buffer<T>)
            made.buffer = buffer;
        if constexpr (names_visit<T>)
            made.visit = visit;
        return made;
    }
    static const metaffi_object_class &object_class() {
        static const metaffi_object_class made = make_class();
        return made;
    }

    static constexpr bool can_do_something =
        names_get_attribute<T> || names_invoke<T> || has_calls || has_call_operator<T> ||
        has_items || has_entries || has_size || names_contains<T> || has_loop ||
        calls_next<void, T> || calls_to_string<void, T> || calls_number<void, T> || names_exit<T> ||
        names_buffer<T> || names_visit<T> || is_equated<T> || is_equated_with<T, const value &>;
    static_assert(can_do_something, "the class has no member by which its objects could do "
                                    "something: see metaffi/host_object.hpp");
};

} // namespace detail

template <class T, class... A>
object object::make(A &&...arguments) {
    return of(std::make_shared<T>(std::forward<A>(arguments)...));
}

template <class T>
object object::of(std::shared_ptr<T> target) {
    using held = detail::host_object<T>;
    return object(detail::new_object(std::make_unique<held>(held{std::move(target)})));
}

template <class T>
std::shared_ptr<T> object::target() const noexcept {
    using held = detail::host_object<T>;
    void *userdata = metaffi_object_userdata(get(), &held::object_class());
    return userdata == nullptr ? nullptr : static_cast<held *>(userdata)->target;
}

} // namespace metaffi

#endif
