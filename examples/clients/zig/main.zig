// Zig as a host: it translates the header and links the library.
const std = @import("std");
const c = @cImport(@cInclude("metaffi.h"));

var failed: ?*c.metaffi_error = null;

/// Ends the program with what a function reports.
fn must(status: c.metaffi_status) void {
    if (status == c.METAFFI_OK) return;
    std.debug.print("{s}\n", .{std.mem.span(c.metaffi_error_message(failed))});
    std.process.exit(1);
}

fn check(right: bool, what: []const u8) void {
    if (right) return;
    std.debug.print("{s} is wrong\n", .{what});
    std.process.exit(1);
}

fn loadModule(runtime: ?*c.metaffi_runtime, path: [*:0]const u8) ?*c.metaffi_module {
    var module: ?*c.metaffi_module = null;
    must(c.metaffi_module_load(runtime, path, &module, &failed));
    return module;
}

fn load(module: ?*c.metaffi_module, path: [*:0]const u8, entity: *?*c.metaffi_entity) c.metaffi_status {
    return c.metaffi_entity_load(module, path, null, c.METAFFI_UNSPECIFIED, null, c.METAFFI_UNSPECIFIED, entity, &failed);
}

fn size(number: usize) c.metaffi_value {
    return .{ .type = c.metaffi_size_type, .data = .{ .size = number } };
}

fn zlibByValues(runtime: ?*c.metaffi_runtime) void {
    const module = loadModule(runtime, "libz.so.1;zlib.h");
    var crc32: ?*c.metaffi_entity = null;
    must(load(module, "callable=crc32", &crc32));
    const text = "123456789";
    const arguments = [_]c.metaffi_value{
        .{ .type = c.metaffi_uint64_type, .data = .{ .uint64 = 0 } },
        .{ .type = c.metaffi_string8_type, .data = .{ .string = .{ .data = text, .length = text.len } } },
        .{ .type = c.metaffi_uint32_type, .data = .{ .uint32 = text.len } },
    };
    var result: c.metaffi_value = undefined;
    must(c.metaffi_entity_call(crc32, &arguments, arguments.len, &result, 1, &failed));
    check(result.data.uint64 == std.hash.Crc32.hash(text), "crc32");
    std.debug.print("crc32: {x:0>8}\n", .{result.data.uint64});
    _ = c.metaffi_entity_free(crc32);
    _ = c.metaffi_module_free(module);
}

/// Frames hold two pointers to integers, and then the result.
fn compare(_: ?*anyopaque, frame: [*c]c.metaffi_slot, _: [*c]?*c.metaffi_error) callconv(.C) c.metaffi_status {
    const a: *const c_int = @ptrFromInt(frame[0]);
    const b: *const c_int = @ptrFromInt(frame[1]);
    const order: i64 = std.math.sign(@as(i64, a.*) - b.*);
    frame[2] = @bitCast(order);
    return c.METAFFI_OK;
}

fn sortThroughQsort(runtime: ?*c.metaffi_runtime) void {
    const module = loadModule(runtime, "");
    const declaration = "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));";
    must(c.metaffi_module_declare(module, declaration, declaration.len, &failed));
    var qsort: ?*c.metaffi_entity = null;
    must(load(module, "callable=qsort", &qsort));
    const address = c.metaffi_type_info{ .type = c.metaffi_size_type };
    const order = c.metaffi_type_info{ .type = c.metaffi_int32_type };
    var callable: ?*c.metaffi_callable = null;
    must(c.metaffi_callable_new(compare, &[_]c.metaffi_type_info{ address, address }, 2, &order, 1, null, null, &callable, &failed));

    var numbers = [_]c_int{ 5, 2, 9, -4, 7, 0 };
    const arguments = [_]c.metaffi_value{
        size(@intFromPtr(&numbers)),
        size(numbers.len),
        size(@sizeOf(c_int)),
        .{ .type = c.metaffi_callable_type, .data = .{ .callable = callable } },
    };
    must(c.metaffi_entity_call(qsort, &arguments, arguments.len, null, 0, &failed));
    check(std.mem.eql(c_int, &numbers, &[_]c_int{ -4, 0, 2, 5, 7, 9 }), "qsort");
    std.debug.print("qsort: {any}\n", .{numbers});
    _ = c.metaffi_callable_free(callable);
    _ = c.metaffi_entity_free(qsort);
    _ = c.metaffi_module_free(module);
}

fn showAnError(runtime: ?*c.metaffi_runtime) void {
    const module = loadModule(runtime, "libz.so.1;zlib.h");
    var entity: ?*c.metaffi_entity = null;
    check(load(module, "callable=crc33", &entity) == c.METAFFI_STATUS_NOT_FOUND, "the status");
    std.debug.print("error: {s}\n", .{std.mem.span(c.metaffi_error_message(failed))});
    _ = c.metaffi_error_free(failed);
    _ = c.metaffi_module_free(module);
}

pub fn main() void {
    var runtime: ?*c.metaffi_runtime = null;
    must(c.metaffi_runtime_load("c", null, 0, &runtime, &failed));
    zlibByValues(runtime);
    sortThroughQsort(runtime);
    showAnError(runtime);
    _ = c.metaffi_runtime_free(runtime);
}
