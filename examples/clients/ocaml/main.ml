(* OCaml as a host, by stubs in C (stubs.c), as its programs are linked with C. *)

external runtime_load : string -> nativeint = "client_runtime_load"
external module_load : nativeint -> string -> nativeint = "client_module_load"
external declare : nativeint -> string -> unit = "client_declare"
external load : nativeint -> string -> nativeint = "client_entity_load"
external crc32 : nativeint -> string -> int = "client_crc32"
external sort : nativeint -> (int -> int -> int) -> int array -> int array = "client_sort"
external free : nativeint -> nativeint -> nativeint -> unit = "client_free"

let zlib_by_values c =
  let zlib = module_load c "libz.so.1;zlib.h" in
  let entity = load zlib "callable=crc32" in
  let sum = crc32 entity "123456789" in
  (* The check value in the definition of CRC-32. *)
  assert (sum = 0xcbf43926);
  Printf.printf "crc32: %08x\n" sum;
  (match load zlib "callable=crc33" with
   | _ -> assert false
   | exception Failure message -> Printf.printf "error: %s\n" message);
  free entity zlib 0n

exception Tired

let sort_through_qsort c =
  let libc = module_load c "" in
  declare libc "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));";
  let qsort = load libc "callable=qsort" in
  let sorted = sort qsort compare [| 5; 2; 9; -4; 7; 0 |] in
  assert (sorted = [| -4; 0; 2; 5; 7; 9 |]);
  print_endline
    ("qsort: " ^ String.concat " " (Array.to_list (Array.map string_of_int sorted)));
  (* An exception of the callback is its status and comes back as the call's own. *)
  (match sort qsort (fun _ _ -> raise Tired) [| 2; 1 |] with
   | _ -> ()
   | exception Tired -> print_endline "an exception came through qsort");
  free qsort libc 0n

let () =
  let c = runtime_load "c" in
  zlib_by_values c;
  sort_through_qsort c;
  free 0n 0n c
