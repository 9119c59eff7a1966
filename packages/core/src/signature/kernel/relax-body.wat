;; Relaxed body canonicalization (RFC 6376 3.4.4 a) with 128-bit SIMD: runs of white space become one SP, white space
;; before CRLF goes. Source of relax-body.wasm.ts; scripts/build-kernel.mjs turns this into that.
;;
;; A byte is dropped when it is white space and the next byte is white space or the next two are CRLF: two bytes of
;; look-ahead and no state, so blocks need not know each other.
;;
;; Memory: 0..2047 a table of 256 x 8 lane numbers (the lanes kept under each 8-bit drop mask; made by the caller),
;; then the caller's input and output areas.
(module
  (memory (export "memory") 4)
  (func (export "relax") (param $in i32) (param $length i32) (param $out i32) (result i32)
    (local $end i32) (local $mask i32) (local $low i32) (local $high i32) (local $left i32)
    (local $bytes v128) (local $next v128) (local $white v128)
    (local.set $end (i32.add (local.get $in) (local.get $length)))
    (block $done
      (loop $block
        (br_if $done (i32.ge_u (local.get $in) (local.get $end)))
        (local.set $bytes (v128.load (local.get $in)))
        (local.set $next (v128.load offset=1 (local.get $in)))
        (local.set $white
          (v128.or
            (i8x16.eq (local.get $bytes) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
            (i8x16.eq (local.get $bytes) (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9))))
        (local.set $mask
          (i8x16.bitmask
            (v128.and
              (local.get $white)
              (v128.or
                (v128.or
                  (i8x16.eq (local.get $next) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
                  (i8x16.eq (local.get $next) (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9)))
                (v128.and
                  (i8x16.eq (local.get $next) (v128.const i8x16 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13))
                  (i8x16.eq
                    (v128.load offset=2 (local.get $in))
                    (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10)))))))
        ;; Every kept white space is a SP.
        (local.set $bytes
          (v128.bitselect
            (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32)
            (local.get $bytes)
            (local.get $white)))
        ;; In the last block the lanes past the end are dropped as well.
        (local.set $left (i32.sub (local.get $end) (local.get $in)))
        (if (i32.lt_u (local.get $left) (i32.const 16))
          (then
            (local.set $mask
              (i32.or
                (local.get $mask)
                (i32.and (i32.shl (i32.const 0xffff) (local.get $left)) (i32.const 0xffff))))))
        (local.set $in (i32.add (local.get $in) (i32.const 16)))
        (if (i32.eqz (local.get $mask))
          (then
            (v128.store (local.get $out) (local.get $bytes))
            (local.set $out (i32.add (local.get $out) (i32.const 16))))
          (else
            (local.set $low (i32.and (local.get $mask) (i32.const 0xff)))
            (local.set $high (i32.shr_u (local.get $mask) (i32.const 8)))
            (v128.store64_lane 0
              (local.get $out)
              (i8x16.swizzle
                (local.get $bytes)
                (v128.load64_zero (i32.shl (local.get $low) (i32.const 3)))))
            (local.set $out
              (i32.add (local.get $out) (i32.sub (i32.const 8) (i32.popcnt (local.get $low)))))
            (v128.store64_lane 0
              (local.get $out)
              (i8x16.swizzle
                (local.get $bytes)
                (i8x16.add
                  (v128.load64_zero (i32.shl (local.get $high) (i32.const 3)))
                  (v128.const i8x16 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8))))
            (local.set $out
              (i32.add (local.get $out) (i32.sub (i32.const 8) (i32.popcnt (local.get $high)))))))
        (br $block)))
    (local.get $out)))
