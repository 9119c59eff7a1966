;; Relaxed body canonicalization (RFC 6376 3.4.4 a) with 128-bit SIMD, in place: runs of white space become one SP,
;; white space before CRLF goes. Source of relax-body.wasm.ts; scripts/build-kernel.mjs turns this into that.
;;
;; A byte is dropped when it is white space and the next byte is white space or the next two are CRLF: two bytes of
;; look-ahead and no state, so blocks need not know each other. Nothing grows, so output never overtakes input.
;;
;; Memory: 0..2047 a table of 256 x 8 lane numbers (the lanes kept under each 8-bit drop mask; made by the caller),
;; then the caller's area.
(module
  (memory (export "memory") 4)

  ;; Relaxes `length` bytes at `at` in place and answers the end of the output. Reads two bytes of look-ahead behind
  ;; the input; up to 16 bytes behind it may become rubbish.
  (func (export "relax") (param $in i32) (param $length i32) (result i32)
    (local $end i32) (local $out i32) (local $mask i32) (local $low i32) (local $high i32) (local $left i32)
    (local $unasked i32)
    (local $bytes v128) (local $next v128) (local $white v128)
    (local $sp v128) (local $tab v128)
    (local.set $sp (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
    (local.set $tab (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9))
    (local.set $end (i32.add (local.get $in) (local.get $length)))

    ;; Most text is canonical already: pass over it, 32 bytes a time, while no byte is a TAB or a SP in front of
    ;; something that is not above SP.
    (block $changes
      (loop $canonical
        (br_if $changes (i32.lt_u (i32.sub (local.get $end) (local.get $in)) (i32.const 32)))
        (local.set $bytes (v128.load (local.get $in)))
        (local.set $next (v128.load offset=16 (local.get $in)))
        (br_if $changes
          (v128.any_true
            (v128.or
              (v128.or
                (i8x16.eq (local.get $bytes) (local.get $tab))
                (i8x16.eq (local.get $next) (local.get $tab)))
              (v128.or
                (v128.and
                  (i8x16.eq (local.get $bytes) (local.get $sp))
                  (i8x16.le_u (v128.load offset=1 (local.get $in)) (local.get $sp)))
                (v128.and
                  (i8x16.eq (local.get $next) (local.get $sp))
                  (i8x16.le_u (v128.load offset=17 (local.get $in)) (local.get $sp)))))))
        (local.set $in (i32.add (local.get $in) (i32.const 32)))
        (br $canonical)))

    (local.set $out (local.get $in))
    (block $done
      (loop $block
        (br_if $done (i32.ge_u (local.get $in) (local.get $end)))
        (local.set $bytes (v128.load (local.get $in)))
        (local.set $next (v128.load offset=1 (local.get $in)))
        (local.set $left (i32.sub (local.get $end) (local.get $in)))
        ;; A block in which nothing changes is only moved up. Where something changed, more will: the next blocks go
        ;; without the question, whose answer the processor would guess wrong.
        (if (i32.eqz (local.get $unasked))
          (then
            (if
              (i32.and
                (i32.ge_u (local.get $left) (i32.const 16))
                (i32.eqz
                  (v128.any_true
                    (v128.or
                      (i8x16.eq (local.get $bytes) (local.get $tab))
                      (v128.and
                        (i8x16.eq (local.get $bytes) (local.get $sp))
                        (i8x16.le_u (local.get $next) (local.get $sp)))))))
              (then
                (v128.store (local.get $out) (local.get $bytes))
                (local.set $in (i32.add (local.get $in) (i32.const 16)))
                (local.set $out (i32.add (local.get $out) (i32.const 16)))
                (br $block)))
            (local.set $unasked (i32.const 8))))
        (local.set $unasked (i32.sub (local.get $unasked) (i32.const 1)))
        (local.set $white
          (v128.or
            (i8x16.eq (local.get $bytes) (local.get $sp))
            (i8x16.eq (local.get $bytes) (local.get $tab))))
        (local.set $mask
          (i8x16.bitmask
            (v128.and
              (local.get $white)
              (v128.or
                (v128.or
                  (i8x16.eq (local.get $next) (local.get $sp))
                  (i8x16.eq (local.get $next) (local.get $tab)))
                (v128.and
                  (i8x16.eq (local.get $next) (v128.const i8x16 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13))
                  (i8x16.eq
                    (v128.load offset=2 (local.get $in))
                    (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10)))))))
        ;; Every kept white space is a SP.
        (local.set $bytes (v128.bitselect (local.get $sp) (local.get $bytes) (local.get $white)))
        ;; In the last block the lanes past the end are dropped as well.
        (if (i32.lt_u (local.get $left) (i32.const 16))
          (then
            (local.set $mask
              (i32.or
                (local.get $mask)
                (i32.and (i32.shl (i32.const 0xffff) (local.get $left)) (i32.const 0xffff))))))
        (local.set $in (i32.add (local.get $in) (i32.const 16)))
        (local.set $low (i32.and (local.get $mask) (i32.const 0xff)))
        (local.set $high (i32.shr_u (local.get $mask) (i32.const 8)))
        (v128.store64_lane 0
          (local.get $out)
          (i8x16.swizzle
            (local.get $bytes)
            (v128.load64_zero (i32.shl (local.get $low) (i32.const 3)))))
        (v128.store64_lane 0
          (i32.add (local.get $out) (i32.sub (i32.const 8) (i32.popcnt (local.get $low))))
          (i8x16.swizzle
            (local.get $bytes)
            (i8x16.add
              (v128.load64_zero (i32.shl (local.get $high) (i32.const 3)))
              (v128.const i8x16 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8))))
        ;; Counted from the whole mask, not from the half above: one addition a block is all that the next one waits for.
        (local.set $out
          (i32.add (local.get $out) (i32.sub (i32.const 16) (i32.popcnt (local.get $mask)))))
        (br $block)))
    (local.get $out)))
