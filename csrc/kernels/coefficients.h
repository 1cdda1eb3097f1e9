// Polynomials (lowest power first) and constants of the elementary functions, made by
// tools/make_coefficients.py. The error beside a polynomial is its share of the final result;
// constants are sums of their parts.
#pragma once

namespace tg::TG_ISA {

struct Wide {};  // single-precision numbers that are computed in double precision

namespace {  // tables that the linker does not see

template <class Kind>
struct Coefficients;

template <>
struct Coefficients<float> {
  // (exp(r) - 1 - r) / r^2: 2^-29.1
  static constexpr float exp[] = {0x1p-1f,       0x1.555556p-3f,  0x1.5554e8p-5f,
                                  0x1.1110ep-7f, 0x1.6d457ep-10f, 0x1.a12708p-13f};
  // (log(1 + f) - f + f^2 / 2) / f^3: 2^-27.1
  static constexpr float log[] = {0x1.555556p-2f,  -0x1.000026p-2f, 0x1.999a56p-3f,
                                  -0x1.5536aap-3f, 0x1.243704p-3f,  -0x1.02da64p-3f,
                                  0x1.de70d4p-4f,  -0x1.87a1eap-4f, 0x1.5f350ep-5f};
  // (sin(r) / r - 1) / r^2 in r^2: 2^-28.3
  static constexpr float sin[] = {-0x1.555556p-3f, 0x1.11110ep-7f, -0x1.a01388p-13f,
                                  0x1.6db388p-19f};
  // (cos(r) - 1 + r^2 / 2) / r^4 in r^2: 2^-30.6
  static constexpr float cos[] = {0x1.555554p-5f, -0x1.6c12bep-10f, 0x1.9bcdc6p-16f};
  // (tan(r) / r - 1) / r^2 in r^2: 2^-26.6
  static constexpr float tan[] = {0x1.555556p-2f, 0x1.11112p-3f,  0x1.ba1456p-5f,  0x1.67071p-6f,
                                  0x1.19aae6p-7f, 0x1.244ec2p-8f, -0x1.76f52p-15f, 0x1.dae3bcp-10f};
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
  // (1 + 2 x) exp(x^2) (1 - erf(x)) - 1.25 in (x - 3.75) / (x + 3.75), up to x = 10.1: 2^-24.4
  static constexpr float erfcx[] = {
      -0x1.992fa4p-7f, -0x1.1f3676p-3f,  0x1.d5f1cp-9f,   0x1.51017p-4f,   -0x1.bda864p-4f,
      0x1.7a1462p-4f,  -0x1.e0e262p-5f,  0x1.d086c2p-6f,  -0x1.3e420ap-7f, 0x1.de93a4p-10f,
      0x1.202558p-12f, -0x1.c7f53cp-12f, -0x1.2be8eep-14f};
  // log(2)
  static constexpr float log2[] = {0x1.62e4p-1f, 0x1.7f7d1cp-20f};
  // 1 / log(2)
  static constexpr float log2_e[] = {0x1.715476p+0f, 0x1.4ae0cp-26f};
  // 1 / log(10)
  static constexpr float log10_e[] = {0x1.bcb7b2p-2f, -0x1.5b235ep-27f};
  // log(2) / log(10)
  static constexpr float log10_2[] = {0x1.344p-2f, 0x1.3509f8p-18f};
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
  // (exp(r) - 1 - r) / r^2 for a 32nd of log(2): 2^-64.4
  static constexpr double exp_near[] = {0x1.0000000000001p-1,  0x1.5555555555556p-3,
                                        0x1.55555554e8688p-5,  0x1.11111110e0a7dp-7,
                                        0x1.6c17ee8026b6dp-10, 0x1.a01b0d40156ap-13};
  // (log((1 + s) / (1 - s)) / s - 2) / s^2 in s^2: 2^-59.4
  static constexpr double log[] = {0x1.5555555555555p-1, 0x1.9999999999f17p-2, 0x1.24924923de6edp-2,
                                   0x1.c71c72df580fcp-3, 0x1.745cac43cc003p-3, 0x1.3b29d0452d426p-3,
                                   0x1.0e8c55b42945fp-3, 0x1.169c38cc826bep-3};
  // ((log((1 + s) / (1 - s)) / s - 2) / s^2 - 2/3) / s^2 in s^2: 2^-56.2
  static constexpr double log_upper[] = {
      0x1.9999999999999p-2, 0x1.249249249298bp-2, 0x1.c71c71c5d6904p-3, 0x1.745d1843b167p-3,
      0x1.3b13504ab7d6dp-3, 0x1.11251ae1e50bap-3, 0x1.dd51f9a3ae513p-4, 0x1.f3606dbd5cc8dp-4};
  // (sin(r) / r - 1) / r^2 in r^2: 2^-57.3
  static constexpr double sin[] = {
      -0x1.5555555555555p-3,  0x1.111111111111p-7,   -0x1.a01a01a0198dep-13, 0x1.71de3a5455b9ap-19,
      -0x1.ae64540000f84p-26, 0x1.6121703ee57b1p-33, -0x1.ab0f25d21fd92p-41};
  // (cos(r) - 1 + r^2 / 2) / r^4 in r^2: 2^-60.1
  static constexpr double cos[] = {0x1.5555555555555p-5,  -0x1.6c16c16c16944p-10,
                                   0x1.a01a019f4671dp-16, -0x1.27e4fa0d3726cp-22,
                                   0x1.1eeb5de1e2b95p-29, -0x1.9075bb669682cp-37};
  // (tan(r) / r - 1) / r^2 in r^2: 2^-55.5
  static constexpr double tan[] = {
      0x1.5555555555555p-2,  0x1.1111111111084p-3,   0x1.ba1ba1ba2c161p-5,  0x1.664f487cb4a6p-6,
      0x1.226e3687ac11bp-7,  0x1.d6d38c5f7a41fp-9,   0x1.7da88644501a4p-10, 0x1.3514f830cf685p-11,
      0x1.fa4ffe434c147p-13, 0x1.76f283bc0c4ap-14,   0x1.dc70568ee8c63p-15, -0x1.aa5b25eeb0d76p-17,
      0x1.3f4e6f600a09p-15,  -0x1.413e19c5db726p-16, 0x1.235845c6fedp-17};
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
  static constexpr double log2[] = {0x1.62e42fefa2p-1, 0x1.9ef35793c7673p-41};
  // 1 / log(2)
  static constexpr double log2_e[] = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
  // 1 / log(10)
  static constexpr double log10_e[] = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
  // log(2) / log(10)
  static constexpr double log10_2[] = {0x1.34413509f6p-2, 0x1.9fef311f12b36p-42};
  // pi
  static constexpr double pi[] = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
  // pi / 2
  static constexpr double half_pi[] = {0x1.921fb548p+0, -0x1.de973cp-31, -0x1.cb3b399d747f2p-55,
                                       -0x1.f1976b7ed8fbcp-110};
};

template <>
struct Coefficients<Wide> {
  // (exp(r) - 1 - r) / r^2: 2^-42.4
  static constexpr double exp[] = {
      0x1.fffffffffdf62p-2,  0x1.5555555554f68p-3,  0x1.555555662b6bdp-5,  0x1.111111172fefap-7,
      0x1.6c166a86aba13p-10, 0x1.a019c271b96a7p-13, 0x1.a138f95aa24aep-16, 0x1.72aee421d3ab4p-19};
  // (log((1 + s) / (1 - s)) / s - 2) / s^2 in s^2: 2^-39.5
  static constexpr double log[] = {0x1.555555559f368p-1, 0x1.999996c89ee74p-2, 0x1.24947a5acbbcp-2,
                                   0x1.c5ec001c9bc67p-3, 0x1.95bc028a08946p-3};
  // (sin(r) / r - 1) / r^2 in r^2: 2^-35.8
  static constexpr double sin[] = {-0x1.5555555454057p-3, 0x1.11110dd6f24b2p-7,
                                   -0x1.a0138702ef739p-13, 0x1.6db3872f5e48bp-19};
  // (cos(r) - 1 + r^2 / 2) / r^4 in r^2: 2^-40.0
  static constexpr double cos[] = {0x1.55555554ff76fp-5, -0x1.6c16bf44b915cp-10,
                                   0x1.a015aebf2d52dp-16, -0x1.251d4aa551446p-22};
  // (tan(r) / r - 1) / r^2 in r^2: 2^-35.0
  static constexpr double tan[] = {
      0x1.55555555f7c9ap-2, 0x1.11110fc790afdp-3,   0x1.ba1c7c59c15aep-5,
      0x1.66338f98711fdp-6, 0x1.242cd8d33edb6p-7,   0x1.b7aafc8be37f3p-9,
      0x1.0ec42d1695a9fp-9, -0x1.29c6221b3303fp-12, 0x1.badfd089a903p-11};
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
  // (1 + 2 x) exp(x^2) (1 - erf(x)) - 1.25 in (x - 3.75) / (x + 3.75), up to x = 10.1: 2^-33.6
  static constexpr double erfcx[] = {
      -0x1.992fa513b7beap-7, -0x1.1f3676819c40fp-3, 0x1.d5f28f4564cfep-9,  0x1.5101688eb6cefp-4,
      -0x1.bda92ad71087ap-4, 0x1.7a1433d30b72fp-4,  -0x1.e0d17f37a66f1p-5, 0x1.d0ababddd3249p-6,
      -0x1.3f57ab6bf5d23p-7, 0x1.cda02ef40c515p-10, 0x1.33d8f9a8455b6p-12, -0x1.3db98005d8266p-12,
      0x1.6fefe3ea84198p-15, 0x1.11aae2ee54412p-15};
  // log(2)
  static constexpr double log2[] = {0x1.62e42fefa2p-1, 0x1.9ef35793c7673p-41};
  // 1 / log(2)
  static constexpr double log2_e[] = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};
  // 1 / log(10)
  static constexpr double log10_e[] = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
  // log(2) / log(10)
  static constexpr double log10_2[] = {0x1.34413509f6p-2, 0x1.9fef311f12b36p-42};
  // pi
  static constexpr double pi[] = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
  // pi / 2
  static constexpr double half_pi[] = {0x1.921fb548p+0, -0x1.de973cp-31, -0x1.cb3b399d747f2p-55,
                                       -0x1.f1976b7ed8fbcp-110};
};

// Odd functions in 32 pieces: the row of their middles, then one for each power of the distance
// from there.
#if defined(__AVX512F__)
// tanh: 2^-30.1
alignas(64) constexpr float kTanhPieces[8][32] = {
    {0x0p+0f,   0x1.2p-3f, 0x1.6p-3f, 0x1.ap-3f, 0x1.ep-3f, 0x1.2p-2f, 0x1.6p-2f, 0x1.ap-2f,
     0x1.ep-2f, 0x1.2p-1f, 0x1.6p-1f, 0x1.ap-1f, 0x1.ep-1f, 0x1.2p+0f, 0x1.6p+0f, 0x1.ap+0f,
     0x1.ep+0f, 0x1.2p+1f, 0x1.6p+1f, 0x1.ap+1f, 0x1.ep+1f, 0x1.2p+2f, 0x1.6p+2f, 0x1.ap+2f,
     0x1.ep+2f, 0x1.2p+3f, 0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f},
    {0x0p+0f,        0x1.1e1ddp-3f,  0x1.5c9308p-3f, 0x1.9a5f1cp-3f, 0x1.d7665cp-3f, 0x1.18a39ap-2f,
     0x1.52c2c6p-2f, 0x1.8a87e2p-2f, 0x1.bfae6ap-2f, 0x1.05087p-1f,  0x1.3157ep-1f,  0x1.5789p-1f,
     0x1.77d838p-1f, 0x1.9e5cb6p-1f, 0x1.c278a6p-1f, 0x1.d9c6fap-1f, 0x1.e8789ep-1f, 0x1.f4bfd6p-1f,
     0x1.fbd50ap-1f, 0x1.fe767ap-1f, 0x1.ff6f18p-1f, 0x1.ffdfa8p-1f, 0x1.fffbap-1f,  0x1.ffff68p-1f,
     0x1.ffffecp-1f, 0x1.fffffep-1f, 0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,
     0x1p+0f,        0x1p+0f},
    {0x1.aa8fb6p-34f, 0x1.f601cap-1f,  0x1.f12bp-1f,    0x1.eb715ap-1f,  0x1.e4dfb2p-1f,
     0x1.d98b36p-1f,  0x1.c7f724p-1f,  0x1.b3ff2ep-1f,  0x1.9e23aep-1f,  0x1.7aeae6p-1f,
     0x1.49e6cp-1f,   0x1.197fcep-1f,  0x1.d834d2p-2f,  0x1.615002p-2f,  0x1.cea744p-3f,
     0x1.265e34p-3f,  0x1.6fcfa6p-4f,  0x1.64108ap-5f,  0x1.09a7a8p-6f,  0x1.88ef6ep-8f,
     0x1.21a7b4p-9f,  0x1.02c03cp-11f, 0x1.183474p-14f, 0x1.2f61b4p-17f, 0x1.48779cp-20f,
     0x1.060ca8p-24f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.e002acp-25f, -0x1.18883cp-3f,  -0x1.5279fep-3f,  -0x1.89e51p-3f,   -0x1.be6cb8p-3f,
     -0x1.038f72p-2f,  -0x1.2daf9ap-2f,  -0x1.4ff714p-2f,  -0x1.6a1d3ap-2f,  -0x1.825df8p-2f,
     -0x1.897d28p-2f,  -0x1.79c0ep-2f,   -0x1.5aa21cp-2f,  -0x1.1defacp-2f,  -0x1.970e08p-3f,
     -0x1.10646ep-3f,  -0x1.5ee892p-4f,  -0x1.5c3d8ep-5f,  -0x1.077e0cp-6f,  -0x1.87c166p-8f,
     -0x1.2155b6p-9f,  -0x1.02aecap-11f, -0x1.1830dcp-14f, -0x1.2f600ep-17f, -0x1.487626p-20f,
     -0x1.05bf4ap-24f, 0x0p+0f,          0x0p+0f,          0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {-0x1.5553f6p-2f, -0x1.3b134ep-2f, -0x1.2ea3fcp-2f, -0x1.202a34p-2f, -0x1.0fdf04p-2f,
     -0x1.e91ee6p-3f, -0x1.98587ep-3f, -0x1.4271f4p-3f, -0x1.d71f6ap-4f, -0x1.bd0b84p-5f,
     0x1.d76aa8p-7f,  0x1.072ccap-4f,  0x1.84349cp-4f,  0x1.c68d84p-4f,  0x1.97d80cp-4f,
     0x1.33df2p-4f,   0x1.a85c1cp-5f,  0x1.bbce5ep-6f,  0x1.599474p-7f,  0x1.03964p-8f,
     0x1.80e728p-10f, 0x1.586076p-12f, 0x1.7529e6p-15f, 0x1.941044p-18f, 0x1.b57aaap-21f,
     0x1.568094p-25f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.76e2a6p-13f, 0x1.6b179ep-4f,  0x1.afb106p-4f,   0x1.ed9008p-4f,   0x1.11f6e8p-3f,
     0x1.3316ep-3f,    0x1.50369ap-3f,  0x1.5c35acp-3f,   0x1.5864eap-3f,   0x1.3a4d4ap-3f,
     0x1.e98248p-4f,   0x1.4716eap-4f,  0x1.626a1cp-5f,   0x1.ac41bp-9f,    -0x1.5dd5e4p-6f,
     -0x1.9d2a82p-6f,  -0x1.55d652p-6f, -0x1.93cb2ep-7f,  -0x1.4e3bb6p-8f,  -0x1.00779cp-9f,
     -0x1.7f3614p-11f, -0x1.58389p-13f, -0x1.75504cp-16f, -0x1.9445cep-19f, -0x1.b5b662p-22f,
     -0x1.59bd82p-26f, 0x0p+0f,         0x0p+0f,          0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {0x1.16be0ap-3f,  0x1.ca8d1cp-4f,  0x1.a25f92p-4f,  0x1.74a4b2p-4f,  0x1.428acap-4f,
     0x1.e3c8d4p-5f,  0x1.05c566p-5f,  0x1.8484ap-8f,   -0x1.1920fap-6f, -0x1.642aeep-5f,
     -0x1.f85e6p-5f,  -0x1.00b0d4p-4f, -0x1.b2aa82p-5f, -0x1.0675a4p-5f, -0x1.37c11cp-7f,
     0x1.6db02p-10f,  0x1.2d87ep-8f,   0x1.04a04ep-8f,  0x1.f5f54ap-10f, 0x1.93f596p-11f,
     0x1.32dca6p-12f, 0x1.1e7bdcp-14f, 0x1.375f56p-17f, 0x1.514b2ap-20f, 0x1.6d3528p-23f,
     0x1.48f86cp-27f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.45b1bp-6f,   -0x1.8b0ecp-5f,   -0x1.cc38eep-5f,  -0x1.00a788p-4f,  -0x1.14ae18p-4f,
     -0x1.25e5acp-4f,  -0x1.260fap-4f,   -0x1.0f2c56p-4f,  -0x1.cdca02p-5f,  -0x1.313da8p-5f,
     -0x1.7c5c18p-7f,  0x1.da08cap-8f,   0x1.162ebp-6f,    0x1.2ed8eap-6f,   0x1.67766cp-7f,
     0x1.0da2f4p-8f,   0x1.5399acp-11f,  -0x1.79ac4p-11f,  -0x1.1df85cp-11f, -0x1.fe41ap-13f,
     -0x1.90ae26p-14f, -0x1.787632p-16f, -0x1.9aa9fep-19f, -0x1.bd11eep-22f, -0x1.e1ef84p-25f,
     -0x1.a54f6ap-29f, 0x0p+0f,          0x0p+0f,          0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f},
};
// erf: 2^-30.0
alignas(64) constexpr float kErfPieces[8][32] = {
    {0x0p+0f,   0x1.2p-3f, 0x1.6p-3f, 0x1.ap-3f, 0x1.ep-3f, 0x1.2p-2f, 0x1.6p-2f, 0x1.ap-2f,
     0x1.ep-2f, 0x1.2p-1f, 0x1.6p-1f, 0x1.ap-1f, 0x1.ep-1f, 0x1.2p+0f, 0x1.6p+0f, 0x1.ap+0f,
     0x1.ep+0f, 0x1.2p+1f, 0x1.6p+1f, 0x1.ap+1f, 0x1.ep+1f, 0x0p+0f,   0x0p+0f,   0x0p+0f,
     0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f,   0x0p+0f},
    {0x0p+0f,        0x1.42d7fcp-3f, 0x1.89501p-3f,  0x1.cf076ep-3f, 0x1.09eed6p-2f, 0x1.3c9aa8p-2f,
     0x1.7e1594p-2f, 0x1.bccfecp-2f, 0x1.f86faap-2f, 0x1.25b8a8p-1f, 0x1.569244p-1f, 0x1.7fb9cp-1f,
     0x1.a1551ap-1f, 0x1.c6dad2p-1f, 0x1.e5768cp-1f, 0x1.f4f694p-1f, 0x1.fbe61ep-1f, 0x1.ff4048p-1f,
     0x1.fff2dp-1f,  0x1.ffff7p-1f,  0x1.fffffcp-1f, 0x1p+0f,        0x1p+0f,        0x1p+0f,
     0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,
     0x1p+0f,        0x1p+0f},
    {0x1.06eba8p-3f,  0x1.1b3572p+0f, 0x1.1874dep+0f, 0x1.153068p+0f,  0x1.116cd8p+0f,
     0x1.0ae55p+0f,   0x1.00abdp+0f,  0x1.e9d5a8p-1f, 0x1.cfc41ep-1f,  0x1.a5074ep-1f,
     0x1.681ff2p-1f,  0x1.2a8dcep-1f, 0x1.dfca26p-2f, 0x1.45e99cp-2f,  0x1.5ce596p-3f,
     0x1.499d46p-4f,  0x1.12ceb2p-5f, 0x1.d413eap-8f, 0x1.336316p-11f, 0x1.e9c9bap-16f,
     0x1.d97554p-21f, 0x0p+0f,        0x0p+0f,        0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f,        0x0p+0f,        0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.e6d716p-26f, -0x1.3e9c2p-3f,  -0x1.81a0bp-3f,  -0x1.c26eaap-3f, -0x1.00560cp-2f,
     -0x1.2c41fap-2f,  -0x1.60ec3cp-2f, -0x1.8dfd9ap-2f, -0x1.b2c7dcp-2f, -0x1.d9a838p-2f,
     -0x1.ef2beep-2f,  -0x1.e5267p-2f,  -0x1.c1cd84p-2f, -0x1.6ea6dp-2f,  -0x1.dfbbaep-3f,
     -0x1.0bcfcap-3f,  -0x1.01a1c8p-4f, -0x1.074b44p-6f, -0x1.a6a54p-10f, -0x1.8de626p-14f,
     -0x1.bbae26p-19f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,          0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {-0x1.812696p-2f, -0x1.6aad46p-2f, -0x1.5fd948p-2f, -0x1.531662p-2f, -0x1.4483bp-2f,
     -0x1.2b900ap-2f, -0x1.05599cp-2f, -0x1.b588d8p-3f, -0x1.5a9deap-3f, -0x1.9c41f6p-4f,
     -0x1.a42724p-7f, 0x1.fe070ep-5f,  0x1.e4c95ap-4f,  0x1.4cb2bcp-3f,  0x1.4375p-3f,
     0x1.d6647ep-4f,  0x1.143e36p-4f,  0x1.63f986p-6f,  0x1.698606p-9f,  0x1.9967dp-13f,
     0x1.097a3ep-17f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.7b6614p-14f, 0x1.3a68dp-4f,   0x1.7a087cp-4f,  0x1.b60adep-4f,  0x1.ede5cap-4f,
     0x1.1c6c7ep-3f,   0x1.451ef4p-3f,  0x1.623386p-3f,  0x1.731794p-3f,  0x1.75beacp-3f,
     0x1.53240ep-3f,   0x1.0fa23p-3f,   0x1.747e3ep-4f,  0x1.ca55e4p-6f,  -0x1.f3b506p-6f,
     -0x1.974bcp-5f,   -0x1.5a3208p-5f, -0x1.38b7d2p-6f, -0x1.ab0296p-9f, -0x1.2c3242p-12f,
     -0x1.cf20d6p-17f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,          0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {0x1.d3e9e6p-4f,  0x1.a17c6ap-4f,  0x1.8c30e6p-4f,  0x1.73479cp-4f,  0x1.571582p-4f,
     0x1.27626p-4f,   0x1.c04ed6p-5f,  0x1.26c606p-5f,  0x1.13523cp-6f,  -0x1.61cf72p-7f,
     -0x1.549bd2p-5f, -0x1.f91146p-5f, -0x1.1ca37ep-4f, -0x1.f43698p-5f, -0x1.f612p-6f,
     -0x1.2de508p-9f, 0x1.73324ap-7f,  0x1.5ab9cap-7f,  0x1.7263d6p-9f,  0x1.5cc442p-12f,
     0x1.52f666p-16f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.474d36p-7f,  -0x1.9d9cdcp-6f, -0x1.edfc6ep-6f, -0x1.1be012p-5f,  -0x1.3cfdb8p-5f,
     -0x1.66a4ap-5f,   -0x1.8e0596p-5f, -0x1.a1948cp-5f, -0x1.a12fcep-5f,  -0x1.7d7db4p-5f,
     -0x1.1b39c2p-5f,  -0x1.3150b8p-6f, -0x1.4a8834p-9f, 0x1.f7ba26p-7f,   0x1.692efep-6f,
     0x1.d7d21ep-7f,   0x1.0f965ep-8f,  -0x1.6e5dap-9f,  -0x1.b4e336p-10f, -0x1.1db69ep-12f,
     -0x1.582316p-16f, 0x0p+0f,         0x0p+0f,         0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f,         0x0p+0f,         0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f},
};
// The same in pieces of one width; above them the row of what the lowest coefficients lack.
// erf64: 2^-58.3
alignas(64) constexpr double kErf64Pieces[16][16] = {
    {0x0p+0, 0x1.949872429619ep-55, 0x1.ad87fc6e77fbcp-57, -0x1.f7b97c53e1c1cp-55,
     0x1.c2a705a55d796p-55, -0x1.89001b13bc7d3p-57, 0x1.56edf8d49e86ep-62, 0x1.b95b992e3f474p-55,
     -0x1.360908525b183p-55, -0x1.9d1a361d73198p-55, 0x1.db127a18bacc8p-55, -0x1.64d9790e43c05p-55,
     -0x1.729d72b715f1ap-56, 0x1.7ce07064deba3p-55, 0x1.00fa07eb09187p-55, 0x1.59ab24e45448bp-56},
    {0x0p+0, 0x1.2p-1, 0x1.ep-1, 0x1.5p+0, 0x1.bp+0, 0x1.08p+1, 0x1.38p+1, 0x1.68p+1, 0x1.98p+1,
     0x1.c8p+1, 0x1.f8p+1, 0x1.14p+2, 0x1.2cp+2, 0x1.44p+2, 0x1.5cp+2, 0x1.74p+2},
    {0x0p+0, 0x1.25b8a88b6dd7fp-1, 0x1.a1551a16aaeafp-1, 0x1.df85ea8db188ep-1, 0x1.f74a6d9a38383p-1,
     0x1.fe307f2b503dp-1, 0x1.ffb5bdf67fe6fp-1, 0x1.fff6dee89352ep-1, 0x1.ffff2436a21dcp-1,
     0x1.fffff039f9e8fp-1, 0x1.ffffff233ee1dp-1, 0x1.fffffff6d1e56p-1, 0x1.ffffffffb5be5p-1,
     0x1.fffffffffe38p-1, 0x1.fffffffffff7bp-1, 0x1.ffffffffffffep-1},
    {0x1.06eba8214db68p-3, 0x1.a5074e215762p-1, 0x1.dfca26f5bbf88p-2, 0x1.9cb5bd549b111p-3,
     0x1.0bf97e95f2a64p-4, 0x1.06ae13b0d3255p-6, 0x1.84ba3004a50dp-9, 0x1.b23a5a23e421p-12,
     0x1.6e2367dc27f95p-15, 0x1.d21397ead99cbp-19, 0x1.bfd7555a3bd66p-23, 0x1.44d26de513197p-27,
     0x1.63ac6b4edc8c1p-32, 0x1.25f9ee0b92502p-37, 0x1.6ed2f2515efbdp-43, 0x1.5982008db296cp-49},
    {0x1.5e721fc534808p-49, -0x1.d9a837e5824e1p-2, -0x1.c1cd84866039ap-2, -0x1.0ed7443f85c3p-2,
     -0x1.c435059d0977cp-4, -0x1.0ee3844e59bf6p-5, -0x1.d9c2ea85a9294p-8, -0x1.315107613c61ap-10,
     -0x1.23c436c36fd6cp-13, -0x1.9f19734d2a14dp-17, -0x1.b8d7f804d3888p-21, -0x1.5e32de7af5faep-25,
     -0x1.a0ce0dc04d8b7p-30, -0x1.741051462d4c6p-35, -0x1.f2a6c16468b85p-41,
     -0x1.f610e8c751681p-47},
    {-0x1.812746b039369p-2, -0x1.9c41d1d5fae69p-4, 0x1.e4c9975da098bp-4, 0x1.5066cda84bbadp-3,
     0x1.a3687c1eaf1a8p-4, 0x1.48b127f8ed8a4p-5, 0x1.60898536e1054p-7, 0x1.0c243329a9c9cp-9,
     0x1.26bf00867a80dp-12, 0x1.d982bd41d89a2p-16, 0x1.17f93e5149417p-19, 0x1.e9e05b3c8f361p-24,
     0x1.3e380dd75710ap-28, 0x1.33cde4f351105p-33, 0x1.bc42ba385a113p-39, 0x1.df2dac2e39519p-45},
    {0x1.74e21582a0a34p-36, 0x1.75bebc1b1814cp-3, 0x1.747e31bf4ca3p-4, -0x1.419fa10b74b48p-6,
     -0x1.9647a30b194a9p-5, -0x1.f155b4e7d589cp-6, -0x1.5eb1c899ef713p-7, -0x1.463011626702p-9,
     -0x1.a51fb50b19727p-12, -0x1.8320fc4817f18p-15, -0x1.013b0457acb75p-18, -0x1.f2f6fa7edee85p-23,
     -0x1.638bc5016e627p-27, -0x1.760fe7d102fc1p-32, -0x1.2391e1744f336p-37,
     -0x1.51b1805100836p-43},
    {0x1.ce2f2174185fcp-4, -0x1.6410ad9320494p-7, -0x1.1d1f00109ec8dp-4, -0x1.3f41761d5c505p-5,
     0x1.6981061e0e498p-9, 0x1.aa2c0753d5dd9p-7, 0x1.d854f73e7277cp-8, 0x1.1e84d1022f0c6p-9,
     0x1.c082537902079p-12, 0x1.e0a1cb1d02d21p-15, 0x1.6b245d7e076dep-18, 0x1.899dcace49859p-22,
     0x1.35753ad5bb996p-26, 0x1.63a70fdbfce89p-31, 0x1.2c6c2464df7fcp-36, 0x1.76996e12c7cf6p-42},
    {0x1.8d830e99ce3d3p-27, -0x1.7df889091a055p-5, -0x1.476541df8063cp-9, 0x1.6d1d724f93f32p-6,
     0x1.7e8755e1b2af1p-7, -0x1.bbf7e2be33b5bp-11, -0x1.897719ad369a3p-9, -0x1.6b41872073588p-10,
     -0x1.6c3dbfde77352p-12, -0x1.d3842244d14ep-15, -0x1.98077560a7f6dp-18, -0x1.f34b7e8c2000fp-22,
     -0x1.b41f31a73e1c4p-26, -0x1.1324f28c95482p-30, -0x1.f9a3acd575ebcp-36, -0x1.546136858ac3p-41},
    {-0x1.b82d7223535c6p-6, 0x1.4a548161215dap-7, 0x1.1a817c5ab1ba4p-6, 0x1.e377f5ba4e7b1p-11,
     -0x1.9be73203df481p-8, -0x1.5478d78607222p-9, 0x1.88cdc8d0bb56cp-12, 0x1.36edde56d625bp-11,
     0x1.c1dd143258d95p-13, 0x1.696daf67018d6p-15, 0x1.749204996bd8p-18, 0x1.04be03020dd7fp-21,
     0x1.fe694d930e1e9p-26, 0x1.63a3185c59e0bp-30, 0x1.65024f26336e9p-35, 0x1.0456e483c99ep-40},
    {0x1.12bf27b6decd3p-20, 0x1.18f36c3193f46p-7, -0x1.cb8aabd617524p-9, -0x1.4cc91ba698ff3p-8,
     0x1.3a95173ef689fp-13, 0x1.8eae13be6bb06p-10, 0x1.b325a9b6eea39p-12, -0x1.f7873075d40e5p-14,
     -0x1.94c36d914c092p-14, -0x1.bb6e2025ca839p-16, -0x1.175064e8ceba3p-18, -0x1.c73bf1a20e58fp-22,
     -0x1.f8afaef3e13e2p-26, -0x1.87263276a54cap-30, -0x1.af257fb8d0b83p-35,
     -0x1.55db1b3d5699fp-40},
    {0x1.560225c6848dfp-8, -0x1.8d660ca90d64cp-9, -0x1.57b72f8766c3ep-9, 0x1.553ee50ebc4cbp-10,
     0x1.319f7ff051d09p-10, -0x1.92945f39af865p-13, -0x1.381550ced1827p-12, -0x1.51ecf6fb29eb6p-15,
     0x1.bf0ab9f9b42fbp-16, 0x1.a4fcad43caf7ep-17, 0x1.57e940f46f913p-19, 0x1.4edda87b5f2f2p-22,
     0x1.aa775b61f64cdp-26, 0x1.72e327080af05p-30, 0x1.c38a88b37fa1ep-35, 0x1.86edb5c24f0f2p-40},
    {0x1.3da13aca4f873p-16, -0x1.3625ab7457623p-10, 0x1.243e48e02cb07p-10, 0x1.262a8f5e16dc2p-11,
     -0x1.b8818a97f33dep-12, -0x1.9100c39801db2p-13, 0x1.2b1a37230b01bp-14, 0x1.7128821334554p-15,
     0x1.6cd10cff2b2e9p-23, -0x1.1c9c8e6fc4e8cp-18, -0x1.570e5dec93088p-20, -0x1.9fbe1a1d5aceap-23,
     -0x1.35fab007a59a8p-26, -0x1.31c1754529e66p-30, -0x1.9ddc5233922e6p-35,
     -0x1.88de9ba8c65cfp-40},
    {-0x1.d767c38d6b753p-11, 0x1.4384ad9c0a0e9p-11, 0x1.f55fc49583abdp-13, -0x1.6bb764688295bp-12,
     -0x1.0393ab3315c5ap-14, 0x1.b074bbcd4b1fbp-14, 0x1.1ee794c92d77dp-16, -0x1.0aeb45b75a4bcp-16,
     -0x1.2b3ca05690667p-18, 0x1.74731e3ddcd6fp-21, 0x1.0a15ac0bd8469p-21, 0x1.b0d6575ac6ff2p-24,
     0x1.84ece5e14e6fbp-27, 0x1.b9b7b2a9d55e5p-31, 0x1.4f879ce3301cap-35, 0x1.5f9ae8e6e28e3p-40},
    {0x1.0acfb61c50649p-14, 0x1.f904ffee6ab7cp-14, -0x1.a984e128ab202p-13, -0x1.53d7c51af22d2p-17,
     0x1.50029de3621ap-14, -0x1.8d81afaee9475p-18, -0x1.2801edb074e5p-16, 0x1.6f57c1f5267b3p-21,
     0x1.3939f5359b9ap-19, 0x1.02a9830d3ead9p-22, -0x1.177030826b20cp-23, -0x1.758ba9760eb04p-25,
     -0x1.ad00b803b8762p-28, -0x1.219134af572d1p-31, -0x1.f92c35de9c991p-36,
     -0x1.29ddf75f7c66ap-40},
    {0x1.3c4430e0e0fb9p-14, -0x1.929ccd4a0ec91p-14, -0x1.21ebb0d5929c8p-18, 0x1.a4dd7287a4a59p-15,
     -0x1.9003a9b8fe7b5p-17, -0x1.a1b114050b09p-17, 0x1.164a6e7c15f7dp-18, 0x1.00ac9edb2c2e2p-19,
     -0x1.10f934534e76bp-21, -0x1.e4a54bb4665c1p-23, 0x1.3248f146c4042p-27, 0x1.ee4d472414a5cp-27,
     0x1.87a1ca24dfc97p-29, 0x1.3fa071eb58365p-32, 0x1.40947970654f8p-36, 0x1.a71eb863d489p-41},
};
// erfcx: 2^-28.5
alignas(64) constexpr float kErfcxPieces[9][32] = {
    {0x1.07f2ap-27f,   0x1.e6b0c4p-26f,  0x1.4bb198p-27f,  0x1.902406p-27f,  0x1.dedcc4p-27f,
     -0x1.f2f61ap-27f, -0x1.ba8c6ap-28f, 0x1.674b14p-28f,  -0x1.be7f0ap-28f, 0x1.4d1b7cp-29f,
     -0x1.3c4602p-28f, 0x1.e139f4p-29f,  -0x1.ee3d58p-32f, 0x1.1981f4p-32f,  0x1.66ed1ep-30f,
     -0x1.76a674p-29f, -0x1.9fac1ep-29f, 0x1.369246p-29f,  -0x1.7d8a3ap-31f, -0x1.48bc7ap-29f,
     0x1.ad34dcp-29f,  0x1.f41bap-34f,   0x1.e29f5ap-30f,  0x1.c0e00cp-29f,  -0x1.0d9d38p-33f,
     -0x1.a96f0ep-29f, 0x1.799f3ap-33f,  0x1.2e5ecp-30f,   -0x1.90804p-32f,  0x1.63ed5ep-31f,
     -0x1.9f30fp-32f,  -0x1.42d5ap-30f},
    {0x1.47ae14p-3f, 0x1.eb851ep-2f, 0x1.99999ap-1f, 0x1.1eb852p+0f, 0x1.70a3d8p+0f, 0x1.c28f5cp+0f,
     0x1.0a3d7p+1f,  0x1.333334p+1f, 0x1.5c28f6p+1f, 0x1.851eb8p+1f, 0x1.ae147ap+1f, 0x1.d70a3ep+1f,
     0x1p+2f,        0x1.147ae2p+2f, 0x1.28f5c2p+2f, 0x1.3d70a4p+2f, 0x1.51eb86p+2f, 0x1.666666p+2f,
     0x1.7ae148p+2f, 0x1.8f5c28p+2f, 0x1.a3d70ap+2f, 0x1.b851ecp+2f, 0x1.ccccccp+2f, 0x1.e147aep+2f,
     0x1.f5c29p+2f,  0x1.051eb8p+3f, 0x1.0f5c28p+3f, 0x1.19999ap+3f, 0x1.23d70ap+3f, 0x1.2e147ap+3f,
     0x1.3851ecp+3f, 0x1.428f5cp+3f},
    {0x1.af3ee8p-1f, 0x1.408ed2p-1f, 0x1.f4d6c8p-2f, 0x1.966abep-2f, 0x1.53a506p-2f, 0x1.2279ep-2f,
     0x1.fa15c2p-3f, 0x1.bf7c42p-3f, 0x1.908ac4p-3f, 0x1.6a311p-3f,  0x1.4a554ep-3f, 0x1.2f7c16p-3f,
     0x1.18932cp-3f, 0x1.04cffp-3f,  0x1.e733a2p-4f, 0x1.c8f7d2p-4f, 0x1.ae3696p-4f, 0x1.966082p-4f,
     0x1.81030cp-4f, 0x1.6dc1b6p-4f, 0x1.5c5102p-4f, 0x1.4c72cep-4f, 0x1.3df376p-4f, 0x1.30a7bep-4f,
     0x1.246b34p-4f, 0x1.191ee4p-4f, 0x1.0ea85ap-4f, 0x1.04f0dep-4f, 0x1.f7c9a6p-5f, 0x1.e6e656p-5f,
     0x1.d71a1p-5f,  0x1.c84accp-5f},
    {-0x1.b7bb46p-1f, -0x1.0dfe9cp-1f, -0x1.621e2cp-2f, -0x1.ea2c28p-3f, -0x1.62913ep-3f,
     -0x1.09f816p-3f, -0x1.9b36d6p-4f, -0x1.45fb2cp-4f, -0x1.07f192p-4f, -0x1.b32e62p-5f,
     -0x1.6c536p-5f,  -0x1.351786p-5f, -0x1.094922p-5f, -0x1.cc0538p-6f, -0x1.927016p-6f,
     -0x1.62df58p-6f, -0x1.3b284cp-6f, -0x1.19acep-6f,  -0x1.fa66a8p-7f, -0x1.c99566p-7f,
     -0x1.9f6f3p-7f,  -0x1.7acd48p-7f, -0x1.5ac572p-7f, -0x1.3e9bb4p-7f, -0x1.25b7e6p-7f,
     -0x1.0f9ddep-7f, -0x1.f7cee8p-8f, -0x1.d48016p-8f, -0x1.b4c244p-8f, -0x1.981f12p-8f,
     -0x1.7e329ep-8f, -0x1.66a83cp-8f},
    {0x1.68e382p-1f,  0x1.7debcap-2f,  0x1.b316e4p-3f,  0x1.07d73cp-3f,  0x1.516cbp-4f,
     0x1.c362d8p-5f,  0x1.39b05cp-5f,  0x1.c276d6p-6f,  0x1.4ca12ep-6f,  0x1.f74368p-7f,
     0x1.84cb62p-7f,  0x1.31ec44p-7f,  0x1.e9413p-8f,   0x1.8cd6e6p-8f,  0x1.45fb28p-8f,
     0x1.0ed1cep-8f,  0x1.c692eep-9f,  0x1.8102aep-9f,  0x1.48ce0cp-9f,  0x1.1aed66p-9f,
     0x1.ea4284p-10f, 0x1.ab7222p-10f, 0x1.76d75ap-10f, 0x1.4a778cp-10f, 0x1.24c8d6p-10f,
     0x1.0496p-10f,   0x1.d1d41ep-11f, 0x1.a202acp-11f, 0x1.787cb4p-11f, 0x1.5442b8p-11f,
     0x1.348422p-11f, 0x1.18959ep-11f},
    {-0x1.fd4a98p-2f,  -0x1.db89d4p-3f,  -0x1.e034eap-4f,  -0x1.038e7ap-4f,  -0x1.29a772p-5f,
     -0x1.673ef4p-6f,  -0x1.c5364p-7f,   -0x1.291442p-7f,  -0x1.92b94cp-8f,  -0x1.19125ep-8f,
     -0x1.928a98p-9f,  -0x1.26db22p-9f,  -0x1.b8b616p-10f, -0x1.4f4b18p-10f, -0x1.033296p-10f,
     -0x1.96882p-11f,  -0x1.42f4cap-11f, -0x1.039562p-11f, -0x1.a5c16ap-12f, -0x1.59f64ap-12f,
     -0x1.1e5208p-12f, -0x1.ddcce6p-13f, -0x1.91abdep-13f, -0x1.54055cp-13f, -0x1.21afb8p-13f,
     -0x1.f08e66p-14f, -0x1.abf19ep-14f, -0x1.72b958p-14f, -0x1.42b606p-14f, -0x1.1a30d2p-14f,
     -0x1.ef9de6p-15f, -0x1.b4f8c8p-15f},
    {0x1.40215ap-2f,  0x1.0bc7b2p-3f,  0x1.e5fe78p-5f,  0x1.d9f07ep-6f,  0x1.ec7052p-7f,
     0x1.0e7deap-7f,  0x1.38113p-8f,   0x1.77de66p-9f,  0x1.d635d4p-10f, 0x1.3021bap-10f,
     0x1.954584p-11f, 0x1.153d4ep-11f, 0x1.8457ap-12f,  0x1.15c72ep-12f, 0x1.94fc7cp-13f,
     0x1.2c50bep-13f, 0x1.c45816p-14f, 0x1.597e84p-14f, 0x1.0b4a6ap-14f, 0x1.a2759cp-15f,
     0x1.4b1b7ap-15f, 0x1.089932p-15f, 0x1.aac84cp-16f, 0x1.5b1cap-16f,  0x1.1c89a6p-16f,
     0x1.d5e73p-17f,  0x1.86a8fp-17f,  0x1.46d916p-17f, 0x1.1316aap-17f, 0x1.d1a308p-18f,
     0x1.8c273ep-18f, 0x1.52b36ep-18f},
    {-0x1.72cc96p-3f,  -0x1.185bfep-4f,  -0x1.cd1c5cp-6f,  -0x1.98ca6ap-7f,  -0x1.838166p-8f,
     -0x1.85dbe6p-9f,  -0x1.9d84eep-10f, -0x1.cbb2fap-11f, -0x1.0a68b2p-11f, -0x1.407a32p-12f,
     -0x1.8e865ap-13f, -0x1.fe842ap-14f, -0x1.4fd296p-14f, -0x1.c48bd8p-15f, -0x1.379a2cp-15f,
     -0x1.b59f04p-16f, -0x1.38d698p-16f, -0x1.c69cc4p-17f, -0x1.4f45b8p-17f, -0x1.f551a2p-18f,
     -0x1.7b8968p-18f, -0x1.22af66p-18f, -0x1.c20fbap-19f, -0x1.5fe26cp-19f, -0x1.15abfap-19f,
     -0x1.b9ffa6p-20f, -0x1.629d94p-20f, -0x1.1ea556p-20f, -0x1.d2ab6p-21f,  -0x1.7e629cp-21f,
     -0x1.3b447cp-21f, -0x1.05730ap-21f},
    {0x1.87ca4p-4f,   0x1.0e9318p-5f,  0x1.972212p-7f,  0x1.4aed7ap-8f,  0x1.205c5ep-9f,
     0x1.0b739ap-10f, 0x1.0653bep-11f, 0x1.0e84c4p-12f, 0x1.23c616p-13f, 0x1.47a152p-14f,
     0x1.7d72c4p-15f, 0x1.cad048p-16f, 0x1.1c2b2ap-16f, 0x1.697e16p-17f, 0x1.d71706p-18f,
     0x1.39c562p-18f, 0x1.aa6e5cp-19f, 0x1.2720a6p-19f, 0x1.9f6d9ap-20f, 0x1.28ef24p-20f,
     0x1.ae907ap-21f, 0x1.3c4d04p-21f, 0x1.d66b8p-22f,  0x1.61cc38p-22f, 0x1.0ce748p-22f,
     0x1.9cca88p-23f, 0x1.3fc124p-23f, 0x1.f3a4bap-24f, 0x1.89859ep-24f, 0x1.384abep-24f,
     0x1.f33264p-25f, 0x1.91aa3ep-25f},
};
// 2^(k / 16), and what is left of it.
alignas(64) constexpr double kPowers[2][16] = {
    {0x1p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0, 0x1.306fe0a31b715p+0,
     0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0, 0x1.6a09e667f3bcdp+0,
     0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f09p+0, 0x1.ae89f995ad3adp+0,
     0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0},
    {0x0p+0, 0x1.8a62e4adc610bp-54, -0x1.19041b9d78a76p-55, 0x1.9b07eb6c70573p-54,
     0x1.6f46ad23182e4p-55, 0x1.ada0911f09ebcp-55, 0x1.d4397afec42e2p-56, 0x1.6324c054647adp-54,
     -0x1.bdd3413b26456p-54, -0x1.41577ee04992fp-55, 0x1.6e9f156864b27p-54, 0x1.c7c46b071f2bep-56,
     0x1.7a1cd345dcc81p-54, 0x1.11065895048ddp-55, 0x1.2ed02d75b3707p-55, -0x1.e9c23179c2893p-54},
};
#endif

}  // namespace
}  // namespace tg::TG_ISA
