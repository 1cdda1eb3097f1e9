// Polynomials (lowest power first) and constants of the elementary functions, made by
// tools/make_coefficients.py. The error beside a polynomial is its share of the final result;
// constants are sums of their parts.
#pragma once

namespace tg::TG_ISA {

struct Wide {};  // single-precision numbers that are computed in double precision

template <class Kind>
struct Coefficients;

template <>
struct Coefficients<float> {
  // (exp(r) - 1 - r) / r^2: 2^-29.1
  static constexpr float exp[] = {0x1p-1f,       0x1.555556p-3f,  0x1.5554e8p-5f,
                                  0x1.1110ep-7f, 0x1.6d457ep-10f, 0x1.a12708p-13f};
  // (log(1 + f) - f + f^2 / 2) / f^3: 2^-28.5
  static constexpr float log[] = {0x1.555554p-2f,  -0x1.fffffcp-3f, 0x1.999d5ap-3f,
                                  -0x1.555b4ap-3f, 0x1.23d21ap-3f,  -0x1.fcf4c6p-4f,
                                  0x1.dea282p-4f,  -0x1.d635bcp-4f, 0x1.1d8ea6p-4f};
  // (sin(r) / r - 1) / r^2 in r^2: 2^-28.3
  static constexpr float sin[] = {-0x1.555556p-3f, 0x1.11110ep-7f, -0x1.a01388p-13f,
                                  0x1.6db388p-19f};
  // (cos(r) - 1 + r^2 / 2) / r^4 in r^2: 2^-30.6
  static constexpr float cos[] = {0x1.555554p-5f, -0x1.6c12bep-10f, 0x1.9bcdc6p-16f};
  // (atan(t) / t - 1) / t^2 in t^2: 2^-28.5
  static constexpr float atan[] = {-0x1.555554p-2f, 0x1.99972ep-3f, -0x1.241fe6p-3f, 0x1.b8099p-4f,
                                   -0x1.082f6cp-4f};
  // (asin(t) / t - 1) / t^2 in t^2: 2^-28.4
  static constexpr float asin[] = {0x1.555554p-3f, 0x1.33343p-4f,  0x1.6d5bbap-5f,
                                   0x1.fd8da2p-6f, 0x1.18f91ep-6f, 0x1.13fed4p-5f};
  // (sinh(t) / t - 1) / t^2 in t^2: 2^-27.7
  static constexpr float sinh[] = {0x1.555556p-3f, 0x1.11111ep-7f, 0x1.a009p-13f, 0x1.78a70ep-19f};
  // erf(t) / t - 1 in t^2: 2^-26.7
  static constexpr float erf[] = {0x1.06eba8p-3f, -0x1.812744p-2f,  0x1.ce2e1cp-4f, -0x1.b81006p-6f,
                                  0x1.54d574p-8f, -0x1.aab22ap-11f, 0x1.5e4428p-14f};
  // log(1 - erf(t)) / t: 2^-26.7
  static constexpr float log_erfc[] = {
      -0x1.20e934p+0f,  -0x1.4574ep-1f,  -0x1.ae39d8p-4f, 0x1.6b7d06p-6f,  -0x1.390ab2p-9f,
      -0x1.3b0806p-12f, 0x1.7b13d8p-13f, -0x1.262ccp-15f, 0x1.cd7788p-19f, -0x1.30641p-23f};
  // log(2)
  static constexpr float log2[] = {0x1.62e4p-1f, 0x1.7f7d1cp-20f};
  // 1 / log(2)
  static constexpr float log2_e[] = {0x1.716p+0f, -0x1.7135a8p-13f};
  // 1 / log(10)
  static constexpr float log10_e[] = {0x1.bccp-2f, -0x1.09d5b2p-15f};
  // log(2) / log(10)
  static constexpr float log10_2[] = {0x1.3442p-2f, -0x1.95ec1p-19f};
  // pi
  static constexpr float pi[] = {0x1.921fb6p+1f, -0x1.777a5cp-24f};
  // pi / 2
  static constexpr float half_pi[] = {0x1.921fb6p+0f, -0x1.777a5cp-25f, -0x1.ee59dap-50f};
};

template <>
struct Coefficients<double> {
  // (exp(r) - 1 - r) / r^2: 2^-59.3
  static constexpr double exp[] = {0x1p-1,
                                   0x1.5555555555555p-3,
                                   0x1.5555555555557p-5,
                                   0x1.1111111111111p-7,
                                   0x1.6c16c16c159d9p-10,
                                   0x1.a01a01a01966p-13,
                                   0x1.a01a01aa24fp-16,
                                   0x1.71de3a5ac7637p-19,
                                   0x1.27e4d37b2d78ap-22,
                                   0x1.ae642bda26e6dp-26,
                                   0x1.1f804b00ad946p-29,
                                   0x1.61c0e10a5e0f6p-33};
  // (log((1 + s) / (1 - s)) / s - 2) / s^2 in s^2: 2^-56.7
  static constexpr double log[] = {0x1.5555555555558p-1, 0x1.9999999995273p-2, 0x1.2492492dfd86cp-2,
                                   0x1.c71c62d5e53ep-3,  0x1.7462b91b8df65p-3, 0x1.39fdcceb4bb45p-3,
                                   0x1.2b5f68a50d903p-3};
  // ((log((1 + s) / (1 - s)) / s - 2) / s^2 - 2/3) / s^2 in s^2: 2^-57.4
  static constexpr double log_upper[] = {
      0x1.999999999999ap-2, 0x1.2492492492522p-2, 0x1.c71c71c6ea5acp-3, 0x1.745d177ad436ap-3,
      0x1.3b1395b82701ep-3, 0x1.1118cd67251c5p-3, 0x1.df7ba1f4809c3p-4, 0x1.e03a7acf07f85p-4};
  // (sin(r) / r - 1) / r^2 in r^2: 2^-57.3
  static constexpr double sin[] = {
      -0x1.5555555555555p-3,  0x1.111111111111p-7,   -0x1.a01a01a0198dep-13, 0x1.71de3a5455b9ap-19,
      -0x1.ae64540000f84p-26, 0x1.6121703ee57b1p-33, -0x1.ab0f25d21fd92p-41};
  // (cos(r) - 1 + r^2 / 2) / r^4 in r^2: 2^-60.0
  static constexpr double cos[] = {0x1.5555555555555p-5,  -0x1.6c16c16c16944p-10,
                                   0x1.a01a019f4671dp-16, -0x1.27e4fa0d3726cp-22,
                                   0x1.1eeb5de1e2b95p-29, -0x1.9075bb669682cp-37};
  // (atan(t) / t - 1) / t^2 in t^2: 2^-57.1
  static constexpr double atan[] = {
      -0x1.5555555555555p-2, 0x1.999999999933dp-3, -0x1.24924924355d5p-3, 0x1.c71c7184c32bfp-4,
      -0x1.745d0b153ffadp-4, 0x1.3b126143b5cbcp-4, -0x1.10fa5ee9ab25cp-4, 0x1.dfe49b2919c4ep-5,
      -0x1.a090d1950d2b4p-5, 0x1.41495cefb6c73p-5, -0x1.39f38ad451ea7p-6};
  // (asin(t) / t - 1) / t^2 in t^2: 2^-57.4
  static constexpr double asin[] = {
      0x1.5555555555556p-3, 0x1.3333333332ecap-4, 0x1.6db6db6e31f13p-5, 0x1.f1c71c1db0623p-6,
      0x1.6e8bb1c8209a2p-6, 0x1.1c4d35cf95421p-6, 0x1.c9cf07674736ap-7, 0x1.782651caa6547p-7,
      0x1.52420b04b37bep-7, 0x1.65a9c4dfcf8b2p-8, 0x1.1d189408314eep-6, -0x1.e6aaa8a0a04ccp-7,
      0x1.d72b2bc8155f8p-6};
  // (sinh(t) / t - 1) / t^2 in t^2: 2^-56.4
  static constexpr double sinh[] = {
      0x1.5555555555555p-3,  0x1.11111111110fdp-7,  0x1.a01a01a01ee7p-13, 0x1.71de3a4e14f4p-19,
      0x1.ae6460fae3728p-26, 0x1.611cb330c1fe8p-33, 0x1.b41232cf9950fp-41};
  // erf(t) / t - 1 in t^2: 2^-55.8
  static constexpr double erf[] = {
      0x1.06eba8214db69p-3,  -0x1.812746b0379dfp-2,  0x1.ce2f21a04252ep-4,  -0x1.b82ce3126446dp-6,
      0x1.565bcd0803bb9p-8,  -0x1.c02db2ac16909p-11, 0x1.f9a2fa2134632p-14, -0x1.f4ce754b1061p-17,
      0x1.b9ac8ff785fbep-20, -0x1.5d3225cf2bcbp-23,  0x1.dfedea7a60816p-27, -0x1.c879427508b93p-31};
  // (1 + 2 x) exp(x^2) (1 - erf(x)) - 1.25 in (x - 3.75) / (x + 3.75), up to x = 27.3: 2^-56.2
  static constexpr double erfcx[] = {
      -0x1.992fa51511ec2p-7,  -0x1.1f367683f89a7p-3,  0x1.d5f29481596f2p-9,
      0x1.510169d096829p-4,   -0x1.bda9309a27c2ep-4,  0x1.7a14188a99af9p-4,
      -0x1.e0d0fa6e27b96p-5,  0x1.d0b0037dae2f7p-6,   -0x1.3f603c2be19a7p-7,
      0x1.cc3a0e4c91cf8p-10,  0x1.33fb1d2bb737p-12,   -0x1.303fa4446aba3p-12,
      0x1.b1454fe5e63c1p-15,  0x1.778c91ef33549p-16,  -0x1.80143d02337d2p-17,
      -0x1.05add45ccd956p-20, 0x1.d753e696f1634p-20,  -0x1.ceb4dfd81d266p-25,
      -0x1.1a9923beb0cecp-22, 0x1.3a9c6d78ed62p-26,   0x1.5fe627033039p-25,
      0x1.988b9865675c6p-33,  -0x1.5cf5856ccfc13p-28, -0x1.129e62394d6a3p-30};
  // log(2)
  static constexpr double log2[] = {0x1.62e42fefa4p-1, -0x1.8432a1b0e2634p-43};
  // 1 / log(2)
  static constexpr double log2_e[] = {0x1.71547652p+0, 0x1.705fc2eefa2p-33};
  // 1 / log(10)
  static constexpr double log10_e[] = {0x1.bcb7b152p-2, 0x1.b9438ca9aadd5p-36};
  // log(2) / log(10)
  static constexpr double log10_2[] = {0x1.34413509f8p-2, -0x1.80433b83b532ap-44};
  // pi
  static constexpr double pi[] = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
  // pi / 2
  static constexpr double half_pi[] = {0x1.921fb548p+0, -0x1.de973cp-31, -0x1.cb3b399d747f2p-55};
};

template <>
struct Coefficients<Wide> {
  // (exp(r) - 1 - r) / r^2: 2^-42.4
  static constexpr double exp[] = {
      0x1.fffffffffdf62p-2,  0x1.5555555554f68p-3,  0x1.555555662b6bdp-5,  0x1.111111172fefap-7,
      0x1.6c166a86aba13p-10, 0x1.a019c271b96a7p-13, 0x1.a138f95aa24aep-16, 0x1.72aee421d3ab4p-19};
  // (log((1 + s) / (1 - s)) / s - 2) / s^2 in s^2: 2^-34.9
  static constexpr double log[] = {0x1.5555554ba8b0ep-1, 0x1.9999eb9d6ddfep-2, 0x1.245c273432202p-2,
                                   0x1.ddd4dad98e4c4p-3};
  // (sin(r) / r - 1) / r^2 in r^2: 2^-35.8
  static constexpr double sin[] = {-0x1.5555555454057p-3, 0x1.11110dd6f24b2p-7,
                                   -0x1.a0138702ef739p-13, 0x1.6db3872f5e48bp-19};
  // (cos(r) - 1 + r^2 / 2) / r^4 in r^2: 2^-40.0
  static constexpr double cos[] = {0x1.55555554ff76fp-5, -0x1.6c16bf44b915cp-10,
                                   0x1.a015aebf2d52dp-16, -0x1.251d4aa551446p-22};
  // (atan(t) / t - 1) / t^2 in t^2: 2^-33.6
  static constexpr double atan[] = {-0x1.5555554bfd993p-2, 0x1.99997aefc3eb5p-3,
                                    -0x1.248a0f9e7dbe8p-3, 0x1.c57a94756983fp-4,
                                    -0x1.613c1c599a50fp-4, 0x1.9d60fa5068fb4p-5};
  // (asin(t) / t - 1) / t^2 in t^2: 2^-34.0
  static constexpr double asin[] = {
      0x1.5555555c0171dp-3, 0x1.33331ecf8b70bp-4, 0x1.6dc0f007c13e8p-5, 0x1.efedf83ab6506p-6,
      0x1.82db23768c84fp-6, 0x1.5a80a068e3ee2p-7, 0x1.fb7ca379d49c6p-6};
  // (sinh(t) / t - 1) / t^2 in t^2: 2^-41.6
  static constexpr double sinh[] = {0x1.5555555558201p-3, 0x1.1111110857b52p-7,
                                    0x1.a01a131097a98p-13, 0x1.71d208a299728p-19,
                                    0x1.b557c78eb1ae2p-26};
  // the same up to x = 10.1: 2^-36.6
  static constexpr double erfcx[] = {
      -0x1.992fa513b7beap-7, -0x1.1f3676819c40fp-3, 0x1.d5f28f4564cfep-9,  0x1.5101688eb6cefp-4,
      -0x1.bda92ad71087ap-4, 0x1.7a1433d30b72fp-4,  -0x1.e0d17f37a66f1p-5, 0x1.d0ababddd3249p-6,
      -0x1.3f57ab6bf5d23p-7, 0x1.cda02ef40c515p-10, 0x1.33d8f9a8455b6p-12, -0x1.3db98005d8266p-12,
      0x1.6fefe3ea84198p-15, 0x1.11aae2ee54412p-15};
  // log(2)
  static constexpr double log2[] = {0x1.62e42fefa4p-1, -0x1.8432a1b0e2634p-43};
  // 1 / log(2)
  static constexpr double log2_e[] = {0x1.71547652p+0, 0x1.705fc2eefa2p-33};
  // 1 / log(10)
  static constexpr double log10_e[] = {0x1.bcb7b152p-2, 0x1.b9438ca9aadd5p-36};
  // log(2) / log(10)
  static constexpr double log10_2[] = {0x1.34413509f8p-2, -0x1.80433b83b532ap-44};
  // pi
  static constexpr double pi[] = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
  // pi / 2
  static constexpr double half_pi[] = {0x1.921fb548p+0, -0x1.de973cp-31, -0x1.cb3b399d747f2p-55};
};

}  // namespace tg::TG_ISA
