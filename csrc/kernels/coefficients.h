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
  static constexpr double half_pi[] = {0x1.921fb548p+0, -0x1.de973cp-31, -0x1.cb3b399d747f2p-55};
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
  static constexpr double half_pi[] = {0x1.921fb548p+0, -0x1.de973cp-31, -0x1.cb3b399d747f2p-55};
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
#endif

}  // namespace
}  // namespace tg::TG_ISA
