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
  // (exp(r) - 1 - r) / r^2: 2^-29.0
  static constexpr float exp[] = {0x1p-1f,        0x1.555556p-3f,  0x1.5554e6p-5f,
                                  0x1.1110d2p-7f, 0x1.6d461ep-10f, 0x1.a14356p-13f};
  // (exp(r) - 1 - r) / r^2 for a 32nd of log(2): 2^-27.7
  static constexpr float exp_near[] = {0x1.00014ap-1f, 0x1.5556d6p-3f};
  // (2^r - 1) / r for a 32nd: 2^-28.7
  static constexpr float exp2_near[] = {0x1.62e43p-1f, 0x1.ebff94p-3f, 0x1.c6b592p-5f};
  // (sinh(r) / r - 1) / r^2 in r^2, for a 32nd of log(2): 2^-38.6
  static constexpr float sinh_near[] = {0x1.555556p-3f, 0x1.1111dap-7f};
  // (cosh(r) - 1) / r^2 in r^2, for a 32nd of log(2): 2^-44.4
  static constexpr float cosh_near[] = {0x1p-1f, 0x1.5556b6p-5f};
  // (log(1 + f) - f + f^2 / 2) / f^3: 2^-27.1
  static constexpr float log[] = {0x1.555556p-2f,  -0x1.000026p-2f, 0x1.999a56p-3f,
                                  -0x1.5536aap-3f, 0x1.243704p-3f,  -0x1.02da64p-3f,
                                  0x1.de70d4p-4f,  -0x1.87a1eap-4f, 0x1.5f350ep-5f};
  // (log(1 + r) - r) / r^2 for a 32nd: 2^-32.2
  static constexpr float log_near[] = {-0x1p-1f, 0x1.5555a6p-2f, -0x1.00089p-2f, 0x1.8ef0ecp-3f};
  // (log(1 + r) - r) / r^2 for an eighth: 2^-30.8
  static constexpr float log_eighth[] = {-0x1p-1f,       0x1.55554ap-2f,  -0x1.00007ap-2f,
                                         0x1.99d874p-3f, -0x1.5562d8p-3f, 0x1.f769p-4f};
  // (sin(r) / r - 1) / r^2 in r^2: 2^-28.3
  static constexpr float sin[] = {-0x1.555556p-3f, 0x1.11110ep-7f, -0x1.a01388p-13f,
                                  0x1.6db388p-19f};
  // (cos(r) - 1 + r^2 / 2) / r^4 in r^2: 2^-30.6
  static constexpr float cos[] = {0x1.555554p-5f, -0x1.6c12bep-10f, 0x1.9bcdc6p-16f};
  // (sin(r) / r - 1) / r^2 in r^2, for a 16th of pi: 2^-29.3
  static constexpr float sin_near[] = {-0x1.55555p-3f, 0x1.10d04ap-7f};
  // (cos(r) - 1) / r^2 in r^2, for a 16th of pi: 2^-37.1
  static constexpr float cos_near[] = {-0x1p-1f, 0x1.55554ap-5f, -0x1.6bb596p-10f};
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
  // (exp(r) - 1 - r) / r^2: 2^-60.5
  static constexpr double exp[] = {0x1p-1,
                                   0x1.5555555555557p-3,
                                   0x1.5555555555557p-5,
                                   0x1.1111111110035p-7,
                                   0x1.6c16c16c157abp-10,
                                   0x1.a01a01ac4248dp-13,
                                   0x1.a01a01ab7e736p-16,
                                   0x1.71de0114bad28p-19,
                                   0x1.27e4cef9b0705p-22,
                                   0x1.af50373e70da1p-26,
                                   0x1.1f89e8c183fdp-29};
  // (exp(r) - 1 - r) / r^2 for a 32nd of log(2): 2^-64.4
  static constexpr double exp_near[] = {0x1.0000000000001p-1,  0x1.5555555555558p-3,
                                        0x1.55555554e830dp-5,  0x1.111111107599fp-7,
                                        0x1.6c17eecd163c5p-10, 0x1.a01beb06eb15ap-13};
  // (2^r - 1) / r for a 32nd: 2^-60.3
  static constexpr double exp2_near[] = {
      0x1.62e42fefa39efp-1,  0x1.ebfbdff82c594p-3,  0x1.c6b08d704a0d9p-5, 0x1.3b2ab6fb08babp-7,
      0x1.5d87fe75d57f1p-10, 0x1.430a4a589e989p-13, 0x1.ffd1607e02f8bp-17};
  // (sinh(r) / r - 1) / r^2 in r^2, for a 32nd of log(2): 2^-67.0
  static constexpr double sinh_near[] = {0x1.5555555555556p-3, 0x1.11111110e0136p-7,
                                         0x1.a01b0ed93ec58p-13};
  // (cosh(r) - 1) / r^2 in r^2, for a 32nd of log(2): 2^-63.4
  static constexpr double cosh_near[] = {0x1.0000000000001p-1, 0x1.55555554e71a7p-5,
                                         0x1.6c17f04c757e9p-10};
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
  // (sin(r) / r - 1) / r^2 in r^2, for a 16th of pi: 2^-61.3
  static constexpr double sin_near[] = {-0x1.5555555555555p-3, 0x1.11111111110fcp-7,
                                        -0x1.a01a019fd7515p-13, 0x1.71de35a683003p-19,
                                        -0x1.ae1f9aaaa54fcp-26};
  // (cos(r) - 1) / r^2 in r^2, for a 16th of pi: 2^-64.1
  static constexpr double cos_near[] = {-0x1p-1, 0x1.5555555555512p-5, -0x1.6c16c16baa64dp-10,
                                        0x1.a019fa03fd235p-16, -0x1.27ad238460a2cp-22};
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
  // (exp(r) - 1 - r) / r^2: 2^-36.6
  static constexpr double exp[] = {
      0x1.ffffffffff2d9p-2,  0x1.55555567dd328p-3,  0x1.55555561d34bcp-5, 0x1.1110c4b594064p-7,
      0x1.6c1672e66e0bbp-10, 0x1.a1548ecde3fd1p-13, 0x1.a1325d4634d32p-16};
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
  // inverse of erf at x, over x, in sqrt(2 - log(1 - x^2)) - 2.82, for 1 - x > 2^-24: 2^-35.3
  static constexpr double erfinv[] = {
      0x1.2371881b0ad23p+1,   0x1.214b170dca994p+0,   -0x1.9091565ac7d8ep-7,
      -0x1.ebef98d74906bp-6,  0x1.0ec5d8f53e97ap-5,   -0x1.021294ba8117bp-6,
      -0x1.d44313942ab44p-11, 0x1.900f8c9c1ce24p-8,   -0x1.9c106c953bf57p-9,
      -0x1.b7cbd8cfc8ccep-12, 0x1.54ea89e8744b5p-10,  -0x1.19dbbff4039d9p-11,
      -0x1.75507ffd6a5e6p-13, 0x1.2f6b2cb5ebac5p-12,  -0x1.1a5e981b227f7p-14,
      -0x1.513e5ce0261a9p-14, 0x1.884fbdbbb4d56p-15,  0x1.c212f292b1b29p-17,
      -0x1.c70009aec060bp-17, -0x1.46baba0077f0cp-20, 0x1.1ecd8c146688ap-19,
      0x1.5f206ec701fbep-25,  -0x1.3fa1255cfb96fp-23};
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
    {0x0p+0f,      0x1.1eb8p-3f, 0x1.611p-3f, 0x1.a038p-3f, 0x1.e2c8p-3f, 0x1.1a5p-2f,
     0x1.5e78p-2f, 0x1.9f98p-2f, 0x1.de6p-2f, 0x1.1dap-1f,  0x1.5fcp-1f,  0x1.9c18p-1f,
     0x1.e0b8p-1f, 0x1.1ed8p+0f, 0x1.607p+0f, 0x1.9dep+0f,  0x1.e0ep+0f,  0x1.1f2p+1f,
     0x1.5bep+1f,  0x1.9e8p+1f,  0x1.e02p+1f, 0x1.2188p+2f, 0x1.61e8p+2f, 0x1.a3f8p+2f,
     0x1.e0d8p+2f, 0x1.16ap+3f,  0x0p+0f,     0x0p+0f,      0x0p+0f,      0x0p+0f,
     0x0p+0f,      0x0p+0f},
    {0x0p+0f,        0x1.1cdc3p-3f,  0x1.5d9b2p-3f,  0x1.9a94dcp-3f, 0x1.da086ep-3f, 0x1.135eecp-2f,
     0x1.51658p-2f,  0x1.8a2f4ep-2f, 0x1.be5db2p-2f, 0x1.034568p-1f, 0x1.312eap-1f,  0x1.55606p-1f,
     0x1.782cfcp-1f, 0x1.9d8fb4p-1f, 0x1.c2ab2cp-1f, 0x1.d92964p-1f, 0x1.e8a0b8p-1f, 0x1.f498a2p-1f,
     0x1.fb8e5p-1f,  0x1.fe6d28p-1f, 0x1.ff6f6p-1f,  0x1.ffe12ap-1f, 0x1.fffbep-1f,  0x1.ffff7ap-1f,
     0x1.ffffecp-1f, 0x1.fffffep-1f, 0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,
     0x1p+0f,        0x1p+0f},
    {0x1.aa8fb6p-34f, 0x1.f61836p-1f, 0x1.f1147ep-1f,  0x1.eb6bf6p-1f,  0x1.e491e6p-1f,
     0x1.daf95ep-1f,  0x1.c86a74p-1f, 0x1.b4214cp-1f,  0x1.9eb6acp-1f,  0x1.7cb53ep-1f,
     0x1.4a17fp-1f,   0x1.1c630ep-1f, 0x1.d73bd4p-2f,  0x1.63e704p-2f,  0x1.cd438ep-3f,
     0x1.2aec0cp-3f,  0x1.6d6b76p-4f, 0x1.68db6p-5f,   0x1.1b3002p-6f,  0x1.92398ep-8f,
     0x1.21172ep-9f,  0x1.ed53cp-12f, 0x1.08002ep-14f, 0x1.0bfe4cp-17f, 0x1.3feb7p-20f,
     0x1.d5e44ep-24f, 0x0p+0f,        0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.e002acp-25f, -0x1.17595cp-3f,  -0x1.536b12p-3f,  -0x1.8a1454p-3f, -0x1.c0a30cp-3f,
     -0x1.fee9fep-3f,  -0x1.2cc48cp-2f,  -0x1.4fc5eap-2f,  -0x1.698d04p-2f, -0x1.819296p-2f,
     -0x1.8982a2p-2f,  -0x1.7b3b02p-2f,  -0x1.5a3956p-2f,  -0x1.1f79bep-2f, -0x1.960294p-3f,
     -0x1.143f3cp-3f,  -0x1.5cbd2p-4f,   -0x1.60d1d2p-5f,  -0x1.18ba9ep-6f, -0x1.90fcfp-8f,
     -0x1.20c582p-9f,  -0x1.ed3a82p-12f, -0x1.080162p-14f, -0x1.0c065p-17f, -0x1.3fec5cp-20f,
     -0x1.d4919ap-24f, 0x0p+0f,          0x0p+0f,          0x0p+0f,         0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {-0x1.5553f6p-2f, -0x1.3b4d58p-2f, -0x1.2e6a94p-2f, -0x1.201cb4p-2f, -0x1.0f2024p-2f,
     -0x1.efe7cap-3f, -0x1.9a5af2p-3f, -0x1.42ff68p-3f, -0x1.db7f26p-4f, -0x1.d472b6p-5f,
     0x1.cfc364p-7f,  0x1.fa162ap-5f,  0x1.85324p-4f,   0x1.c648bcp-4f,  0x1.973eb6p-4f,
     0x1.374e1p-4f,   0x1.a60704p-5f,  0x1.c15b76p-6f,  0x1.6fc92ep-7f,  0x1.09aafp-8f,
     0x1.8027bcp-10f, 0x1.484f1p-12f,  0x1.5f9a2ep-15f, 0x1.6508c2p-18f, 0x1.aa186p-21f,
     0x1.3a755p-24f,  0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.76e2a6p-13f, 0x1.69a82p-4f,    0x1.b0c69ep-4f,   0x1.edc2f6p-4f,   0x1.130e44p-3f,
     0x1.2fa99ep-3f,   0x1.4fb814p-3f,   0x1.5c2f6ep-3f,   0x1.58ab2ep-3f,   0x1.3c57acp-3f,
     0x1.ea1fdap-4f,   0x1.50e848p-4f,   0x1.5f5e1ep-5f,   0x1.05ea7ep-8f,   -0x1.5f28dcp-6f,
     -0x1.9e0b84p-6f,  -0x1.548c0cp-6f,  -0x1.9843a6p-7f,  -0x1.6302b6p-8f,  -0x1.067346p-9f,
     -0x1.7e767ap-11f, -0x1.477d38p-13f, -0x1.5ecfa2p-16f, -0x1.6330fcp-19f, -0x1.a9d528p-22f,
     -0x1.473e74p-25f, 0x0p+0f,          0x0p+0f,          0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {0x1.16be0ap-3f,  0x1.cb4aecp-4f,  0x1.a1a834p-4f,  0x1.747a96p-4f,  0x1.4049a6p-4f,
     0x1.f75f74p-5f,  0x1.0b0c3ep-5f,  0x1.8ed89p-8f,   -0x1.1055c2p-6f, -0x1.5bac16p-5f,
     -0x1.f8170ep-5f, -0x1.020c06p-4f, -0x1.b17e98p-5f, -0x1.0a9026p-5f, -0x1.341184p-7f,
     0x1.37f8aap-10f, 0x1.2e66bcp-8f,  0x1.069p-8f,     0x1.08cd86p-9f,  0x1.9cedbep-11f,
     0x1.324664p-12f, 0x1.10f91ep-14f, 0x1.25065cp-17f, 0x1.27e4eep-20f, 0x1.63ad5ap-23f,
     0x1.010eeap-26f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
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
    {0x0p+0f,      0x1.2108p-3f, 0x1.61a8p-3f, 0x1.a35p-3f,  0x1.dfd8p-3f, 0x1.214p-2f,
     0x1.5fe8p-2f, 0x1.a1ap-2f,  0x1.e16p-2f,  0x1.221p-1f,  0x1.6058p-1f, 0x1.9e98p-1f,
     0x1.daa8p-1f, 0x1.1cb8p+0f, 0x1.5e78p+0f, 0x1.9fd8p+0f, 0x1.dffp+0f,  0x1.20a8p+1f,
     0x1.5eap+1f,  0x1.a05p+1f,  0x1.df4p+1f,  0x0p+0f,      0x0p+0f,      0x0p+0f,
     0x0p+0f,      0x0p+0f,      0x0p+0f,      0x0p+0f,      0x0p+0f,      0x0p+0f,
     0x0p+0f,      0x0p+0f},
    {0x0p+0f,        0x1.43fc06p-3f, 0x1.8b2082p-3f, 0x1.d29d5p-3f,  0x1.09d97ap-2f, 0x1.3de82ap-2f,
     0x1.7dfd84p-2f, 0x1.be5da8p-2f, 0x1.f9ae4ep-2f, 0x1.2769dcp-1f, 0x1.56d022p-1f, 0x1.7ee75cp-1f,
     0x1.9ecdd8p-1f, 0x1.c4bc5ep-1f, 0x1.e4efe2p-1f, 0x1.f4f022p-1f, 0x1.fbe50cp-1f, 0x1.ff4506p-1f,
     0x1.fff1f6p-1f, 0x1.ffff72p-1f, 0x1.fffffcp-1f, 0x1p+0f,        0x1p+0f,        0x1p+0f,
     0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,        0x1p+0f,
     0x1p+0f,        0x1p+0f},
    {0x1.06eba8p-3f,  0x1.1b2b28p+0f, 0x1.1860dcp+0f, 0x1.15019cp+0f,  0x1.116f5ap+0f,
     0x1.0ab65p+0f,   0x1.00aff2p+0f, 0x1.e933c4p-1f, 0x1.cf2e8ap-1f,  0x1.a31e36p-1f,
     0x1.67cad6p-1f,  0x1.2be31cp-1f, 0x1.e937dp-2f,  0x1.4f64bp-2f,   0x1.62abacp-3f,
     0x1.4a44ccp-4f,  0x1.130f22p-5f, 0x1.c963e6p-8f, 0x1.460e8ap-11f, 0x1.e21328p-16f,
     0x1.eeb308p-21f, 0x0p+0f,        0x0p+0f,        0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f,        0x0p+0f,        0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.e6d716p-26f, -0x1.3fb492p-3f, -0x1.83559p-3f,  -0x1.c5b834p-3f,  -0x1.004308p-2f,
     -0x1.2d5a7ep-2f,  -0x1.60d9dcp-2f, -0x1.8f078ap-2f, -0x1.b37a12p-2f,  -0x1.dae26ap-2f,
     -0x1.ef3294p-2f,  -0x1.e5ab58p-2f, -0x1.c58932p-2f, -0x1.7504bep-2f,  -0x1.e58cf6p-3f,
     -0x1.0c3e18p-3f,  -0x1.01d598p-4f, -0x1.01de2ep-6f, -0x1.be8c22p-10f, -0x1.87f1d2p-14f,
     -0x1.cebbd8p-19f, 0x0p+0f,         0x0p+0f,         0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f,         0x0p+0f,         0x0p+0f,          0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {-0x1.812696p-2f, -0x1.6a84acp-2f, -0x1.5f8adap-2f, -0x1.526062p-2f, -0x1.448d54p-2f,
     -0x1.2addfep-2f, -0x1.0568d8p-2f, -0x1.b348ccp-3f, -0x1.589f8p-3f,  -0x1.903878p-4f,
     -0x1.95962ap-7f, 0x1.f20d72p-5f,  0x1.d4ed04p-4f,  0x1.498dd8p-3f,  0x1.44edcap-3f,
     0x1.d6e3c4p-4f,  0x1.14697ep-4f,  0x1.5d9b64p-6f,  0x1.7c4dfp-9f,   0x1.93957p-13f,
     0x1.14914ep-17f, 0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,         0x0p+0f,
     0x0p+0f,         0x0p+0f},
    {-0x1.7b6614p-14f, 0x1.3b75ccp-4f,  0x1.7ba24cp-4f, 0x1.b90a1cp-4f,  0x1.edc448p-4f,
     0x1.1d52cp-3f,    0x1.4511d2p-3f,  0x1.62c834p-3f, 0x1.735202p-3f,  0x1.7546b6p-3f,
     0x1.52dacp-3f,    0x1.115cfep-3f,  0x1.835484p-4f, 0x1.058904p-5f,  -0x1.e47f6cp-6f,
     -0x1.973cd8p-5f,  -0x1.5a4f06p-5f, -0x1.344acp-6f, -0x1.bf483ep-9f, -0x1.27f6e6p-12f,
     -0x1.e35804p-17f, 0x0p+0f,         0x0p+0f,        0x0p+0f,         0x0p+0f,
     0x0p+0f,          0x0p+0f,         0x0p+0f,        0x0p+0f,         0x0p+0f,
     0x0p+0f,          0x0p+0f},
    {0x1.d3e9e6p-4f,  0x1.a12c7p-4f,  0x1.8b977ep-4f,  0x1.71e6fcp-4f, 0x1.572814p-4f,
     0x1.261226p-4f,  0x1.c086cep-5f, 0x1.22cc2cp-5f,  0x1.0c9956p-6f, -0x1.86b15ap-7f,
     -0x1.55bfe4p-5f, -0x1.f68d4p-5f, -0x1.1bfde8p-4f, -0x1.fde5ep-5f, -0x1.01843p-5f,
     -0x1.34ce5cp-9f, 0x1.72ff5ep-7f, 0x1.57e882p-7f,  0x1.807828p-9f, 0x1.5894d4p-12f,
     0x1.5f0fa2p-16f, 0x0p+0f,        0x0p+0f,         0x0p+0f,        0x0p+0f,
     0x0p+0f,         0x0p+0f,        0x0p+0f,         0x0p+0f,        0x0p+0f,
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
alignas(64) constexpr double kErf64Pieces[15][16] = {
    {0x0p+0, 0x1.1e08p-1, 0x1.e348p-1, 0x1.4b2cp+0, 0x1.ae98p+0, 0x1.04bep+1, 0x1.38p+1,
     0x1.6512p+1, 0x1.991ap+1, 0x1.c89p+1, 0x1.f7b8p+1, 0x1.13b5p+2, 0x1.2b76p+2, 0x1.4328p+2,
     0x1.5c36p+2, 0x1.7388p+2},
    {0x0p+0, 0x1.2419500fbbe5ap-1, 0x1.a2dc519c6b085p-1, 0x1.dd874960670cbp-1, 0x1.f71ae2648e6adp-1,
     0x1.fdf81d963c656p-1, 0x1.ffb5bdf67fe6fp-1, 0x1.fff58b8d09f6cp-1, 0x1.ffff307a3cae5p-1,
     0x1.fffff0bb074a3p-1, 0x1.ffffff1f46791p-1, 0x1.fffffff670d49p-1, 0x1.ffffffffaf825p-1,
     0x1.fffffffffdf5bp-1, 0x1.fffffffffff8p-1, 0x1.ffffffffffffep-1},
    {0x1.06eba8214db68p-3, 0x1.a6d8f886316dp-1, 0x1.da0a15a65eb8dp-2, 0x1.b180835fd9f64p-3,
     0x1.10fb14ba5a082p-4, 0x1.2391acb33c767p-6, 0x1.84ba3004a50dp-9, 0x1.eda1fa0edd716p-12,
     0x1.5a90f81eaac86p-15, 0x1.c3b358e295b36p-19, 0x1.c7a7d44a86972p-23, 0x1.51e56731e1b36p-27,
     0x1.80dece9e6bc1p-32, 0x1.4fe607a62c292p-37, 0x1.61e7ac469bbd8p-43, 0x1.7831bb8042498p-49},
    {0x1.5e721fc534808p-49, -0x1.d8739c6daf692p-2, -0x1.bf732cd77dc15p-2, -0x1.1865d5f9c1a57p-2,
     -0x1.cb27d1e551de6p-4, -0x1.28f85984366edp-5, -0x1.d9c2ea85a9294p-8, -0x1.5842cb8d27ee8p-10,
     -0x1.14ea679118f87p-13, -0x1.92cac59acd519p-17, -0x1.c049215f829f2p-21, -0x1.6be8550c895b6p-25,
     -0x1.c235a2062f577p-30, -0x1.a803b797a4b32p-35, -0x1.e161950c1da47p-41,
     -0x1.10fbf690a6427p-46},
    {-0x1.812746b039369p-2, -0x1.a7c2b0e69c974p-4, 0x1.ee3815cbc051p-4, 0x1.5324fb18fd205p-3,
     0x1.a7dffa8f1722dp-4, 0x1.62b33cddbfb8p-5, 0x1.60898536e1054p-7, 0x1.2b8cd1f37cc97p-9,
     0x1.1893b52cf1dd5p-12, 0x1.cc15b2fdd312bp-16, 0x1.1c87cd49fe5a8p-19, 0x1.fc7b99dec6b2cp-24,
     0x1.571377011c424p-28, 0x1.5dd52b552ac2ap-33, 0x1.ad24a288dcb5p-39, 0x1.043398e299e24p-44},
    {0x1.74e21582a0a34p-36, 0x1.7626d595597aep-3, 0x1.6b59dce5f387ep-4, -0x1.0377f6ddd657p-6,
     -0x1.96db57eae9cbp-5, -0x1.0647d7ac51b2dp-5, -0x1.5eb1c899ef713p-7, -0x1.686ff96d1e00ap-9,
     -0x1.92396a325e5bdp-12, -0x1.78b3d3b762cadp-15, -0x1.053ff44284c54p-18, -0x1.02a676a1b8c97p-22,
     -0x1.7e8fa2e6723f2p-27, -0x1.a7efccb756f15p-32, -0x1.19d4cbcf510cap-37,
     -0x1.6e412d9fbdfefp-43},
    {0x1.ce2f2174185fcp-4, -0x1.40b696e1f0026p-7, -0x1.1d742c593d5f9p-4, -0x1.53d76f8e4cf1ep-5,
     0x1.368d0073233p-9, 0x1.ad3484eced2b8p-7, 0x1.d854f73e7277cp-8, 0x1.3853bffa6d6f2p-9,
     0x1.ae0c26d86f73ap-12, 0x1.d473509156733p-15, 0x1.708f2d20c1d31p-18, 0x1.978fd6416f309p-22,
     0x1.4c469e880967bp-26, 0x1.91e1731848e28p-31, 0x1.22959a119bfa7p-36, 0x1.95b82453c74ep-42},
    {0x1.8d830e99ce3d3p-27, -0x1.802a1b2fc8dc6p-5, -0x1.c51683d96eccbp-10, 0x1.6a47b2cfbb362p-6,
     0x1.867398eecc4e3p-7, -0x1.757a8217c5fb8p-12, -0x1.897719ad369a3p-9, -0x1.849d4895f78fcp-10,
     -0x1.5ee6377879caap-12, -0x1.c8846289cecfdp-15, -0x1.9dcc28f0d57c8p-18, -0x1.02232f60211ecp-21,
     -0x1.d33d6d8c70872p-26, -0x1.35f0f81ba51d1p-30, -0x1.e96cf57edbef8p-36,
     -0x1.7020c1023240fp-41},
    {-0x1.b82d7223535c6p-6, 0x1.41a28c29c74dfp-7, 0x1.177f6f9129558p-6, 0x1.bed2b37c52237p-10,
     -0x1.9c40673044144p-8, -0x1.7d987a299b282p-9, 0x1.88cdc8d0bb56cp-12, 0x1.42059142c9cb3p-11,
     0x1.b4143eedc69f3p-13, 0x1.61b4e371faca8p-15, 0x1.79829c39f69c6p-18, 0x1.0d34908bca678p-21,
     0x1.10c3dfd65ff7p-25, 0x1.8f4c4fcfd9ac5p-30, 0x1.59d0d2dbd9eap-35, 0x1.1924d425c32dcp-40},
    {0x1.12bf27b6decd3p-20, 0x1.1c5cf25435149p-7, -0x1.df185e13586ffp-9, -0x1.5aa70e40f8bc8p-8,
     0x1.8106ddc866b1fp-14, 0x1.98ac0fc88195dp-10, 0x1.b325a9b6eea39p-12, -0x1.d03d3b192ab07p-14,
     -0x1.8c1b50eee30a4p-14, -0x1.b32aaa9ef7648p-16, -0x1.1abbb4498d04ap-18, -0x1.d53a5a6488375p-22,
     -0x1.0d030e381de0cp-25, -0x1.b5a20ae5f1205p-30, -0x1.a1f3e54875e9bp-35,
     -0x1.7098c1cebacd4p-40},
    {0x1.560225c6848dfp-8, -0x1.875ec1de9ec47p-9, -0x1.4e48269595153p-9, 0x1.37bb74cbff97dp-10,
     0x1.37a5107cb08f8p-10, -0x1.24c6cf813f841p-13, -0x1.381550ced1827p-12, -0x1.aa46cec260bd8p-15,
     0x1.befce77ed5381p-16, 0x1.9ec21ac489756p-17, 0x1.5bb2a1a88f845p-19, 0x1.5881d46a274c6p-22,
     0x1.c5592ff6bb1eap-26, 0x1.9d62052f38c72p-30, 0x1.b61965fffb913p-35, 0x1.a4c449b2a4944p-40},
    {0x1.3da13aca4f873p-16, -0x1.3cf53a5a7f5fp-10, 0x1.288461b3b1149p-10, 0x1.4bb81a56f18fap-11,
     -0x1.b46abae261d32p-12, -0x1.cdf2ad389f471p-13, 0x1.2b1a37230b01bp-14, 0x1.92e71c9daffaap-15,
     -0x1.02ae5b9761b4ap-22, -0x1.1a573e0e5bdf7p-18, -0x1.5a486ae13f3f6p-20, -0x1.aac5276fdc499p-23,
     -0x1.4881cce04b767p-26, -0x1.537f6ca12e25fp-30, -0x1.91e02015882cbp-35,
     -0x1.a646871fcfe35p-40},
    {-0x1.d767c38d6b753p-11, 0x1.408c2077c1726p-11, 0x1.d49eee60e434bp-13, -0x1.67da70f418a18p-12,
     -0x1.19d7f80913197p-14, 0x1.b567e1716d721p-14, 0x1.1ee794c92d77dp-16, -0x1.0cc2ccf816304p-16,
     -0x1.1b42a07257233p-18, 0x1.7b165d8b03dfdp-21, 0x1.0bedaf79c525ep-21, 0x1.bb32afd9cd2eap-24,
     0x1.9b25d1ef8b8cp-27, 0x1.e9b1d0aec1892p-31, 0x1.45acf1dccfda4p-35, 0x1.7aab88dcd094ep-40},
    {0x1.0acfb61c50649p-14, 0x1.06929740bd368p-13, -0x1.aa461cdf6779p-13, -0x1.784b991e8c8aep-16,
     0x1.5394b64239d78p-14, -0x1.e468661dcbc78p-20, -0x1.2801edb074e5p-16, 0x1.eed2751d5ab07p-24,
     0x1.31976cddf31d3p-19, 0x1.e9a314a74f022p-23, -0x1.17fc2bd8b0786p-23, -0x1.7ce641c8011aep-25,
     -0x1.c271af98e546ap-28, -0x1.3cf50472720c3p-31, -0x1.eb6fd94a93c1dp-36,
     -0x1.3e02bdc6bd14ep-40},
    {0x1.3c4430e0e0fb9p-14, -0x1.929ccd4a0ec91p-14, -0x1.21ebb0d5929c8p-18, 0x1.a4dd7287a4a59p-15,
     -0x1.9003a9b8fe7b5p-17, -0x1.a1b114050b09p-17, 0x1.164a6e7c15f7dp-18, 0x1.00ac9edb2c2e2p-19,
     -0x1.10f934534e76bp-21, -0x1.e4a54bb4665c1p-23, 0x1.3248f146c4042p-27, 0x1.ee4d472414a5cp-27,
     0x1.87a1ca24dfc97p-29, 0x1.3fa071eb58365p-32, 0x1.40947970654f8p-36, 0x1.a71eb863d489p-41},
};
// sigmoid: 2^-29.8
alignas(64) constexpr float kSigmoidPieces[8][32] = {
    {0x1.1a3p-2f,   0x1.b4aep-1f,  0x1.5f068p+0f, 0x1.f2688p+0f, 0x1.3a13cp+1f, 0x1.7faacp+1f,
     0x1.bdb4p+1f,  0x1.062cep+2f, 0x1.279a6p+2f, 0x1.4cb02p+2f, 0x1.6f0e4p+2f, 0x1.928p+2f,
     0x1.b77fep+2f, 0x1.d8a3p+2f,  0x1.fb65cp+2f, 0x1.0f83dp+3f, 0x1.215fbp+3f, 0x1.31b86p+3f,
     0x1.445d8p+3f, 0x1.54ba9p+3f, 0x1.66c46p+3f, 0x1.77b63p+3f, 0x1.89e3p+3f,  0x1.9b1adp+3f,
     0x1.ac9dp+3f,  0x1.bd726p+3f, 0x1.ceac6p+3f, 0x1.e15c7p+3f, 0x1.f2deap+3f, 0x1.02246p+4f,
     0x1.0aab8p+4f, 0x1.1286e8p+4f},
    {0x1.b9e56ep-2f,  0x1.31ffb2p-2f,  0x1.9e9224p-3f,  0x1.ff8db6p-4f,  0x1.4443f6p-4f,
     0x1.857a0ap-5f,  0x1.e8b014p-6f,  0x1.0c0634p-6f,  0x1.40166p-7f,   0x1.682d2cp-8f,
     0x1.a602eep-9f,  0x1.e5c4b6p-10f, 0x1.10b72p-10f,  0x1.452178p-11f, 0x1.79d9a8p-12f,
     0x1.b121fp-13f,  0x1.efcee6p-14f, 0x1.297fb4p-14f, 0x1.4c43c4p-15f, 0x1.8e82cap-16f,
     0x1.c5972p-17f,  0x1.0b1d9ep-17f, 0x1.2ebc8p-18f,  0x1.6185dcp-19f, 0x1.99191p-20f,
     0x1.e38086p-21f, 0x1.1a3b22p-21f, 0x1.3ac844p-22f, 0x1.6c444cp-23f, 0x1.a6c534p-24f,
     0x1.f0342ep-25f, 0x1.2fa9e8p-25f},
    {-0x1.f666bap-3f,  -0x1.ad1dc2p-3f,  -0x1.4aa684p-3f,  -0x1.bfaa46p-4f,  -0x1.2a9834p-4f,
     -0x1.72f5a8p-5f,  -0x1.da1c96p-6f,  -0x1.07a3cp-6f,   -0x1.3cf5fp-7f,   -0x1.66326ep-8f,
     -0x1.a4a718p-9f,  -0x1.e4de46p-10f, -0x1.106e7ep-10f, -0x1.44eddap-11f, -0x1.79b6cep-12f,
     -0x1.b10b0ap-13f, -0x1.efbfe6p-14f, -0x1.297a4ep-14f, -0x1.4c4066p-15f, -0x1.8e805ep-16f,
     -0x1.c5958ep-17f, -0x1.0b1d12p-17f, -0x1.2ebc26p-18f, -0x1.6185ap-19f,  -0x1.9918e8p-20f,
     -0x1.e3806ap-21f, -0x1.1a3b18p-21f, -0x1.3ac83ep-22f, -0x1.6c4448p-23f, -0x1.a6c532p-24f,
     -0x1.f0342cp-25f, -0x1.2fa9e8p-25f},
    {0x1.13287p-6f,   0x1.594e84p-5f,  0x1.899206p-5f,  0x1.4fd8b4p-5f,  0x1.f6a272p-6f,
     0x1.4fafaap-6f,  0x1.bdd43ap-7f,  0x1.fe0724p-8f,  0x1.36c4b4p-8f,  0x1.62428p-9f,
     0x1.a1f1a6p-10f, 0x1.e3123ep-11f, 0x1.0fdd66p-11f, 0x1.4486bp-12f,  0x1.79711cp-13f,
     0x1.b0dd4p-14f,  0x1.efa1e8p-15f, 0x1.296f7ep-15f, 0x1.4c39acp-16f, 0x1.8e7b82p-17f,
     0x1.c5926ap-18f, 0x1.0b1bfap-18f, 0x1.2ebb74p-19f, 0x1.618524p-20f, 0x1.991894p-21f,
     0x1.e3802cp-22f, 0x1.1a3b02p-22f, 0x1.3ac832p-23f, 0x1.6c444p-24f,  0x1.a6c52cp-25f,
     0x1.f03426p-26f, 0x1.2fa9e2p-26f},
    {0x1.3c1592p-6f,   0x1.264c7p-7f,    -0x1.b94602p-11f, -0x1.9af0f6p-8f,  -0x1.bffb3ep-8f,
     -0x1.683b5ap-8f,  -0x1.053216p-8f,  -0x1.3d9516p-9f,  -0x1.8e1646p-10f, -0x1.cdeec8p-11f,
     -0x1.1308bap-11f, -0x1.3fa82p-12f,  -0x1.68f9cep-13f, -0x1.afa02p-14f,  -0x1.f68708p-15f,
     -0x1.20560cp-15f, -0x1.4a437cp-16f, -0x1.8c7752p-17f, -0x1.bae4fap-18f, -0x1.09a0dap-18f,
     -0x1.2e5cfap-19f, -0x1.6421ecp-20f, -0x1.93a222p-21f, -0x1.d75a3ap-22f, -0x1.10ba3ap-22f,
     -0x1.4254c4p-23f, -0x1.784e18p-24f, -0x1.a3b4d8p-25f, -0x1.e5af86p-26f, -0x1.19d854p-26f,
     -0x1.4accf4p-27f, -0x1.94e29p-28f},
    {-0x1.6480c6p-9f, -0x1.5cb2eep-8f, -0x1.ebf572p-9f, -0x1.171c5ap-10f, 0x1.4f8edap-12f,
     0x1.98af06p-11f, 0x1.83e4dep-11f, 0x1.125c68p-11f, 0x1.6e42b8p-12f,  0x1.b95d6ep-13f,
     0x1.0be6fap-13f, 0x1.3ae624p-14f, 0x1.65ef74p-15f, 0x1.ad7adp-16f,   0x1.f514dcp-17f,
     0x1.1fda6p-17f,  0x1.49eeaep-18f, 0x1.8c430ap-19f, 0x1.baba9ap-20f,  0x1.099776p-20f,
     0x1.2e54b4p-21f, 0x1.6421p-22f,   0x1.939d54p-23f, 0x1.d759bap-24f,  0x1.10ba8p-24f,
     0x1.425a7ap-25f, 0x1.78571ep-26f, 0x1.a3b3bcp-27f, 0x1.e5ae44p-28f,  0x1.19d83ep-28f,
     0x1.4ad078p-29f, 0x1.94f226p-30f},
    {-0x1.c8a1eep-10f, 0x1.708406p-16f,  0x1.f1ad0cp-11f,  0x1.92c062p-11f,  0x1.603db8p-12f,
     0x1.749438p-15f,  -0x1.d464b2p-15f, -0x1.33535ep-14f, -0x1.e770bap-15f, -0x1.41395ap-15f,
     -0x1.96e622p-16f, -0x1.e9f3bp-17f,  -0x1.1a3d66p-17f, -0x1.5528ecp-18f, -0x1.8fbf0ap-19f,
     -0x1.cc71bap-20f, -0x1.083a96p-20f, -0x1.3d91ap-21f,  -0x1.63050ep-22f, -0x1.aa06b6p-23f,
     -0x1.e5223cp-24f, -0x1.1db286p-24f, -0x1.43e0e2p-25f, -0x1.7a3b22p-26f, -0x1.b5b4bcp-27f,
     -0x1.02946ep-27f, -0x1.2dce44p-28f, -0x1.50cf9ap-29f, -0x1.85c276p-30f, -0x1.c45c46p-31f,
     -0x1.09715ep-31f, -0x1.442bb8p-32f},
    {0x1.7c0316p-12f,  0x1.0ab002p-11f,  0x1.9afe7cp-14f, -0x1.1f7ee4p-13f, -0x1.028f6ep-13f,
     -0x1.cc0554p-15f, -0x1.b16552p-17f, 0x1.6f8ce4p-19f, 0x1.9035c6p-18f,  0x1.58497ep-18f,
     0x1.dff37ap-19f,  0x1.324266p-19f,  0x1.760fc4p-20f, 0x1.be4668p-21f,  0x1.06c636p-21f,
     0x1.332fcp-22f,   0x1.659a28p-23f,  0x1.9f4a76p-24f, 0x1.e19e08p-25f,  0x1.170b7cp-25f,
     0x1.4333e4p-26f,  0x1.763f8ap-27f,  0x1.b149ep-28f,  0x1.f5991cp-29f,  0x1.2252c8p-29f,
     0x1.5011p-30f,    0x1.850288p-31f,  0x1.c24a1ep-32f, 0x1.049c12p-32f,  0x1.2da8f6p-33f,
     0x1.5d2cfep-34f,  0x1.942cecp-35f},
};
// erfcx: 2^-28.5
alignas(64) constexpr float kErfcxPieces[8][32] = {
    {0x1.328f5cp-3f, 0x1.cc51ecp-2f, 0x1.9cb852p-1f, 0x1.1b7ae2p+0f, 0x1.71c29p+0f,  0x1.c1c29p+0f,
     0x1.0a851ep+1f, 0x1.3247aep+1f, 0x1.5c51ecp+1f, 0x1.84bd7p+1f,  0x1.ad28f6p+1f, 0x1.d76666p+1f,
     0x1.ffb334p+1f, 0x1.12p+2f,     0x1.286666p+2f, 0x1.3e570ap+2f, 0x1.51051ep+2f, 0x1.65f5c2p+2f,
     0x1.7a2b86p+2f, 0x1.90051ep+2f, 0x1.a3b5c2p+2f, 0x1.b81c28p+2f, 0x1.cd07aep+2f, 0x1.e1e3d8p+2f,
     0x1.f5851ep+2f, 0x1.0575c2p+3f, 0x1.0f947ap+3f, 0x1.18f47ap+3f, 0x1.22fd7p+3f,  0x1.2e399ap+3f,
     0x1.38d70ap+3f, 0x1.4287aep+3f},
    {0x1.b3d1b2p-1f, 0x1.48f70ap-1f, 0x1.f2b06cp-2f, 0x1.998a44p-2f, 0x1.52dee2p-2f, 0x1.22e466p-2f,
     0x1.f9a2b6p-3f, 0x1.c0a8eap-3f, 0x1.90608cp-3f, 0x1.6a83d2p-3f, 0x1.4afd36p-3f, 0x1.2f447ep-3f,
     0x1.18bafcp-3f, 0x1.070f2cp-3f, 0x1.e81566p-4f, 0x1.c7b94ap-4f, 0x1.af52f4p-4f, 0x1.96dc98p-4f,
     0x1.81b724p-4f, 0x1.6d2af2p-4f, 0x1.5c6c06p-4f, 0x1.4c9a9ap-4f, 0x1.3dcb9ap-4f, 0x1.3046bp-4f,
     0x1.248e78p-4f, 0x1.18c2a8p-4f, 0x1.0e70fap-4f, 0x1.05884ep-4f, 0x1.f93df6p-5f, 0x1.e6ab2ep-5f,
     0x1.d653a6p-5f, 0x1.c8558ep-5f},
    {-0x1.bf41cp-1f,  -0x1.19f854p-1f, -0x1.5f7ad8p-2f, -0x1.f0e9eep-3f, -0x1.61186cp-3f,
     -0x1.0aacfap-3f, -0x1.9a8762p-4f, -0x1.479b14p-4f, -0x1.07bc6p-4f,  -0x1.b3eddep-5f,
     -0x1.6dba0ep-5f, -0x1.34a982p-5f, -0x1.099294p-5f, -0x1.d3cdfcp-6f, -0x1.93de24p-6f,
     -0x1.60f9cap-6f, -0x1.3cc2f6p-6f, -0x1.1a5694p-6f, -0x1.fc3acep-7f, -0x1.c820d2p-7f,
     -0x1.9faef4p-7f, -0x1.7b271ep-7f, -0x1.5a6f4ap-7f, -0x1.3dd27ap-7f, -0x1.25fe3ap-7f,
     -0x1.0eed02p-7f, -0x1.f7022ep-8f, -0x1.d69d26p-8f, -0x1.b7450ap-8f, -0x1.97bc72p-8f,
     -0x1.7cf28ep-8f, -0x1.66b912p-8f},
    {0x1.70deb6p-1f,  0x1.946bb2p-2f,  0x1.aeba1cp-3f,  0x1.0cd362p-3f,  0x1.4f7a6ep-4f,
     0x1.c512f2p-5f,  0x1.38f24cp-5f,  0x1.c5ae88p-6f,  0x1.4c4098p-6f,  0x1.f88458p-7f,
     0x1.86f8e6p-7f,  0x1.314d42p-7f,  0x1.ea07b4p-8f,  0x1.96be1p-8f,   0x1.47b01ap-8f,
     0x1.0cafd4p-8f,  0x1.c9ff4p-9f,   0x1.825a1ep-9f,  0x1.4a90ccp-9f,  0x1.1997f6p-9f,
     0x1.eab24p-10f,  0x1.ac08ccp-10f, 0x1.764ce8p-10f, 0x1.49412cp-10f, 0x1.25313ap-10f,
     0x1.039964p-10f, 0x1.d0ba1ep-11f, 0x1.a4d33ep-11f, 0x1.7bb84cp-11f, 0x1.53c81p-11f,
     0x1.3302dp-11f,  0x1.18a94ap-11f},
    {-0x1.055918p-1f,  -0x1.fd8382p-3f,  -0x1.da5384p-4f,  -0x1.09a334p-4f,  -0x1.278248p-5f,
     -0x1.68f0f4p-6f,  -0x1.c3d95ep-7f,  -0x1.2bcbaep-7f,  -0x1.9222f6p-8f,  -0x1.19f9f8p-8f,
     -0x1.957796p-9f,  -0x1.2613dap-9f,  -0x1.b99f6p-10f,  -0x1.5a45dep-10f, -0x1.04fa14p-10f,
     -0x1.9255e2p-11f, -0x1.462802p-11f, -0x1.04c648p-11f, -0x1.a8bbd2p-12f, -0x1.57d00cp-12f,
     -0x1.1ea82ep-12f, -0x1.deab7p-13f,  -0x1.90e7c6p-13f, -0x1.525f26p-13f, -0x1.223878p-13f,
     -0x1.ee1154p-14f, -0x1.aa9a82p-14f, -0x1.76095p-14f,  -0x1.4663f4p-14f, -0x1.19a9eep-14f,
     -0x1.ec693cp-15f, -0x1.b5217p-15f},
    {0x1.49d8ap-2f,   0x1.2213d6p-3f,  0x1.df06a8p-5f,  0x1.e71294p-6f,  0x1.e8389cp-7f,
     0x1.100506p-7f,  0x1.36f054p-8f,  0x1.7c066ep-9f,  0x1.d560eap-10f, 0x1.3152ep-10f,
     0x1.98ded6p-11f, 0x1.145804p-11f, 0x1.8553dap-12f, 0x1.20fe1cp-12f, 0x1.98694cp-13f,
     0x1.287f8cp-13f, 0x1.c9e204p-14f, 0x1.5b7444p-14f, 0x1.0da096p-14f, 0x1.9f3e38p-15f,
     0x1.4b96fp-15f,  0x1.093206p-15f, 0x1.a9c5dep-16f, 0x1.5905ecp-16f, 0x1.1d307ep-16f,
     0x1.d2fa98p-17f, 0x1.8523c4p-17f, 0x1.4a7ba4p-17f, 0x1.16feacp-17f, 0x1.d08e26p-18f,
     0x1.88f784p-18f, 0x1.52daa8p-18f},
    {-0x1.7eeb9p-3f,   -0x1.31176ep-4f,  -0x1.c5aafap-6f,  -0x1.a55b04p-7f,  -0x1.7fb884p-8f,
     -0x1.885dc6p-9f,  -0x1.9bcc3ap-10f, -0x1.d18842p-11f, -0x1.09dca4p-11f, -0x1.41efb4p-12f,
     -0x1.92a32p-13f,  -0x1.fc94acp-14f, -0x1.50d254p-14f, -0x1.d98eep-15f,  -0x1.3ab19ap-15f,
     -0x1.af00aap-16f, -0x1.3d55fcp-16f, -0x1.c9a7e8p-17f, -0x1.52ba92p-17f, -0x1.f0b9c4p-18f,
     -0x1.7c3154p-18f, -0x1.2376bp-18f,  -0x1.c0cb2p-19f,  -0x1.5d5af4p-19f, -0x1.166d9ap-19f,
     -0x1.b6b59p-20f,  -0x1.60f78p-20f,  -0x1.226c2ep-20f, -0x1.da825ap-21f, -0x1.7d52ep-21f,
     -0x1.3839c2p-21f, -0x1.05973p-21f},
    {0x1.87ca4p-4f,   0x1.0e9318p-5f,  0x1.972212p-7f,  0x1.4aed7ap-8f,  0x1.205c5ep-9f,
     0x1.0b739ap-10f, 0x1.0653bep-11f, 0x1.0e84c4p-12f, 0x1.23c616p-13f, 0x1.47a152p-14f,
     0x1.7d72c4p-15f, 0x1.cad048p-16f, 0x1.1c2b2ap-16f, 0x1.697e16p-17f, 0x1.d71706p-18f,
     0x1.39c562p-18f, 0x1.aa6e5cp-19f, 0x1.2720a6p-19f, 0x1.9f6d9ap-20f, 0x1.28ef24p-20f,
     0x1.ae907ap-21f, 0x1.3c4d04p-21f, 0x1.d66b8p-22f,  0x1.61cc38p-22f, 0x1.0ce748p-22f,
     0x1.9cca88p-23f, 0x1.3fc124p-23f, 0x1.f3a4bap-24f, 0x1.89859ep-24f, 0x1.384abep-24f,
     0x1.f33264p-25f, 0x1.91aa3ep-25f},
};
// For logarithms: inverses near 1 / m for 32 pieces of [1, 2), and their logarithms in three bases,
// negated.
alignas(64) constexpr float kLogPieces[7][32] = {
    {0x1p+0f,        0x1.e9131ap-1f, 0x1.dae608p-1f, 0x1.cd8568p-1f, 0x1.c0e07p-1f,  0x1.b4e81cp-1f,
     0x1.a98ef6p-1f, 0x1.9ec8eap-1f, 0x1.948b1p-1f,  0x1.8acb9p-1f,  0x1.818182p-1f, 0x1.78a4c8p-1f,
     0x1.702e06p-1f, 0x1.681682p-1f, 0x1.605816p-1f, 0x1.58ed24p-1f, 0x1.51d07ep-1f, 0x1.4afd6ap-1f,
     0x1.446f86p-1f, 0x1.3e22ccp-1f, 0x1.381382p-1f, 0x1.323e34p-1f, 0x1.2c9fb4p-1f, 0x1.27350cp-1f,
     0x1.21fb78p-1f, 0x1.1cf06ap-1f, 0x1.181182p-1f, 0x1.135c82p-1f, 0x1.0ecf56p-1f, 0x1.0a681p-1f,
     0x1.0624dep-1f, 0x1p-1f},
    {0x0p+0f,      0x1.774p-5f,  0x1.342p-4f,  0x1.a92p-4f,  0x1.0d78p-3f, 0x1.44dp-3f,
     0x1.7ab8p-3f, 0x1.af4p-3f,  0x1.e27p-3f,  0x1.0a34p-2f, 0x1.2294p-2f, 0x1.3a64p-2f,
     0x1.51acp-2f, 0x1.686cp-2f, 0x1.7ebp-2f,  0x1.9478p-2f, 0x1.a9dp-2f,  0x1.beb4p-2f,
     0x1.d33p-2f,  0x1.e744p-2f, 0x1.faf4p-2f, 0x1.0724p-1f, 0x1.10ap-1f,  0x1.19eep-1f,
     0x1.2314p-1f, 0x1.2c0ep-1f, 0x1.34e2p-1f, 0x1.3d9p-1f,  0x1.4618p-1f, 0x1.4e7ep-1f,
     0x1.56cp-1f,  0x1.62e4p-1f},
    {0x0p+0f,          0x1.66f8ccp-19f, -0x1.45cf22p-19f, 0x1.b6292cp-18f,  -0x1.732f72p-23f,
     0x1.59c65cp-18f,  0x1.20821cp-20f, -0x1.b73bfap-18f, 0x1.d78abcp-21f,  -0x1.af58c6p-18f,
     0x1.e6cf7ap-22f,  0x1.8b2d28p-19f, -0x1.283d2p-18f,  0x1.007362p-19f,  -0x1.f0df54p-20f,
     0x1.3ee212p-18f,  -0x1.34466p-18f, 0x1.b3d4e4p-19f,  -0x1.70ff14p-22f, 0x1.2beb44p-21f,
     0x1.86679p-18f,   -0x1.92e32p-21f, -0x1.895a56p-18f, 0x1.a9d9f2p-19f,  -0x1.e4c828p-18f,
     0x1.40b892p-18f,  0x1.10639cp-18f, 0x1.2778acp-20f,  0x1.7b138cp-18f,  -0x1.f6922ap-19f,
     -0x1.90f304p-19f, 0x1.7f7d1cp-20f},
    {0x0p+0f,      0x1.0ebp-4f,  0x1.bc8p-4f,  0x1.32bp-3f,  0x1.84cp-3f,  0x1.d4ap-3f,
     0x1.113p-2f,  0x1.3714p-2f, 0x1.5cp-2f,   0x1.800cp-2f, 0x1.a338p-2f, 0x1.c594p-2f,
     0x1.e728p-2f, 0x1.03fep-1f, 0x1.140cp-1f, 0x1.23c4p-1f, 0x1.3328p-1f, 0x1.423cp-1f,
     0x1.5102p-1f, 0x1.5f7cp-1f, 0x1.6db2p-1f, 0x1.7ba2p-1f, 0x1.895p-1f,  0x1.96bep-1f,
     0x1.a3eep-1f, 0x1.b0e4p-1f, 0x1.bdap-1f,  0x1.ca26p-1f, 0x1.d676p-1f, 0x1.e292p-1f,
     0x1.ee7cp-1f, 0x1p+0f},
    {0x0p+0f,          0x1.c97f3cp-19f,  0x1.07350ep-18f,  -0x1.5e3d22p-19f, 0x1.5f3a22p-18f,
     -0x1.1fed2cp-19f, 0x1.f71118p-20f,  -0x1.b584f2p-18f, 0x1.a2e714p-18f,  -0x1.a6334cp-18f,
     -0x1.427992p-19f, -0x1.04d116p-18f, -0x1.56df74p-18f, -0x1.61f896p-19f, 0x1.3f6b52p-18f,
     0x1.b2f892p-21f,  -0x1.bebeb8p-20f, -0x1.f015dep-18f, -0x1.cd9682p-18f, 0x1.fd9cecp-18f,
     -0x1.acc74ap-19f, -0x1.bb9118p-19f, -0x1.12795p-18f,  -0x1.500526p-19f, 0x1.fd9c3p-19f,
     0x1.4a155ep-21f,  0x1.bda2dp-19f,   -0x1.d2c0d8p-19f, -0x1.7feae6p-18f, -0x1.76a2ecp-18f,
     -0x1.7662c8p-18f, 0x0p+0f},
    {0x0p+0f,      0x1.46p-6f,   0x1.0bap-5f,  0x1.714p-5f,  0x1.d42p-5f,  0x1.1a2p-4f,
     0x1.48fp-4f,  0x1.769p-4f,  0x1.a31p-4f,  0x1.ce7p-4f,  0x1.f8dp-4f,  0x1.1118p-3f,
     0x1.2548p-3f, 0x1.391p-3f,  0x1.4c68p-3f, 0x1.5f5p-3f,  0x1.71d8p-3f, 0x1.84p-3f,
     0x1.95c8p-3f, 0x1.a738p-3f, 0x1.b858p-3f, 0x1.c92p-3f,  0x1.d998p-3f, 0x1.e9cp-3f,
     0x1.f9a8p-3f, 0x1.04ap-2f,  0x1.0c4cp-2f, 0x1.13d4p-2f, 0x1.1b4p-2f,  0x1.2288p-2f,
     0x1.29b4p-2f, 0x1.344p-2f},
    {0x0p+0f,          -0x1.5feefap-19f, 0x1.629a4cp-25f,  0x1.070ff4p-18f,  -0x1.566f26p-20f,
     0x1.a0c12cp-19f,  0x1.f69cep-19f,   0x1.3db3dcp-20f,  -0x1.58df7p-18f,  -0x1.b9c3dp-20f,
     -0x1.a684d2p-18f, -0x1.e8602cp-18f, 0x1.a64e84p-18f,  -0x1.326534p-20f, -0x1.3fb9c4p-18f,
     0x1.20f986p-18f,  0x1.0cc6aap-18f,  0x1.1952a2p-19f,  0x1.94b69ap-18f,  0x1.f50fd4p-18f,
     -0x1.331d28p-19f, -0x1.d57b22p-20f, -0x1.b39872p-22f, 0x1.e6ae1ep-18f,  -0x1.0c147ap-18f,
     0x1.58d6d6p-20f,  -0x1.77e62ep-19f, 0x1.de0ffap-19f,  -0x1.8cdabap-18f, 0x1.b17f4cp-19f,
     0x1.2143e8p-18f,  0x1.3509f8p-18f},
};
// 2^(k / 16), what is left of it, and that as a share.
template <class Kind>
constexpr double kPowers[3][16] = {};
template <>
alignas(64) constexpr float kPowers<float>[3][16] = {
    {0x1p+0f, 0x1.0b5586p+0f, 0x1.172b84p+0f, 0x1.2387a6p+0f, 0x1.306fep+0f, 0x1.3dea64p+0f,
     0x1.4bfdaep+0f, 0x1.5ab07ep+0f, 0x1.6a09e6p+0f, 0x1.7a1148p+0f, 0x1.8ace54p+0f, 0x1.9c4918p+0f,
     0x1.ae89fap+0f, 0x1.c199bep+0f, 0x1.d5818ep+0f, 0x1.ea4afap+0f},
    {0x0p+0f, 0x1.9f3122p-25f, -0x1.c15742p-27f, 0x1.ceac48p-25f, 0x1.4636e2p-25f, 0x1.824684p-25f,
     -0x1.593abcp-25f, -0x1.5bd5ecp-27f, 0x1.9fcef4p-26f, -0x1.829fdp-25f, 0x1.15506ep-27f,
     0x1.51f848p-27f, -0x1.a94b14p-26f, -0x1.3d56b2p-27f, -0x1.822dbcp-27f, 0x1.52486cp-27f},
    {0x0p+0f, 0x1.8d96d4p-25f, -0x1.9c0c2p-27f, 0x1.964904p-25f, 0x1.125002p-25f, 0x1.370be4p-25f,
     -0x1.0a3552p-25f, -0x1.00d8acp-27f, 0x1.26055ep-26f, -0x1.05cb44p-25f, 0x1.67a1cap-28f,
     0x1.a3b5e4p-28f, -0x1.f9c304p-27f, -0x1.6961b4p-28f, -0x1.a5217cp-28f, 0x1.61428cp-28f},
};
template <>
alignas(64) constexpr double kPowers<double>[3][16] = {
    {0x1p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0, 0x1.306fe0a31b715p+0,
     0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0, 0x1.6a09e667f3bcdp+0,
     0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f09p+0, 0x1.ae89f995ad3adp+0,
     0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0},
    {0x0p+0, 0x1.8a62e4adc610bp-54, -0x1.19041b9d78a76p-55, 0x1.9b07eb6c70573p-54,
     0x1.6f46ad23182e4p-55, 0x1.ada0911f09ebcp-55, 0x1.d4397afec42e2p-56, 0x1.6324c054647adp-54,
     -0x1.bdd3413b26456p-54, -0x1.41577ee04992fp-55, 0x1.6e9f156864b27p-54, 0x1.c7c46b071f2bep-56,
     0x1.7a1cd345dcc81p-54, 0x1.11065895048ddp-55, 0x1.2ed02d75b3707p-55, -0x1.e9c23179c2893p-54},
    {0x0p+0, 0x1.79aa65d837b6dp-54, -0x1.01b15eaa59348p-55, 0x1.68efde3a8a894p-54,
     0x1.34d754db0abb6p-55, 0x1.59f48a72a4c6dp-55, 0x1.690cebb7aafbp-56, 0x1.063e1e21c5409p-54,
     -0x1.3b3efbf5e2229p-54, -0x1.b32dcb94da51dp-56, 0x1.db72fc1f0eab5p-55, 0x1.1affc2b91ce27p-56,
     0x1.c1a7792cb3386p-55, 0x1.36eae30af0cb3p-56, 0x1.4a385a63d07a8p-56, -0x1.ff7128fd391fp-55},
};
// sin(k pi / 8), what is left of it, and that as a share.
template <class Kind>
constexpr double kSines[3][16] = {};
template <>
alignas(64) constexpr float kSines<float>[3][16] = {
    {0x0p+0f, 0x1.87de2ap-2f, 0x1.6a09e6p-1f, 0x1.d906bcp-1f, 0x1p+0f, 0x1.d906bcp-1f,
     0x1.6a09e6p-1f, 0x1.87de2ap-2f, 0x0p+0f, -0x1.87de2ap-2f, -0x1.6a09e6p-1f, -0x1.d906bcp-1f,
     -0x1p+0f, -0x1.d906bcp-1f, -0x1.6a09e6p-1f, -0x1.87de2ap-2f},
    {0x0p+0f, 0x1.abaa58p-28f, 0x1.9fcef4p-27f, 0x1.e651a8p-26f, 0x0p+0f, 0x1.e651a8p-26f,
     0x1.9fcef4p-27f, 0x1.abaa58p-28f, 0x0p+0f, -0x1.abaa58p-28f, -0x1.9fcef4p-27f,
     -0x1.e651a8p-26f, 0x0p+0f, -0x1.e651a8p-26f, -0x1.9fcef4p-27f, -0x1.abaa58p-28f},
    {0x0p+0f, 0x1.1762cap-26f, 0x1.26055ep-26f, 0x1.0731a6p-25f, 0x0p+0f, 0x1.0731a6p-25f,
     0x1.26055ep-26f, 0x1.1762cap-26f, 0x0p+0f, 0x1.1762cap-26f, 0x1.26055ep-26f, 0x1.0731a6p-25f,
     0x0p+0f, 0x1.0731a6p-25f, 0x1.26055ep-26f, 0x1.1762cap-26f},
};
template <>
alignas(64) constexpr double kSines<double>[3][16] = {
    {0x0p+0, 0x1.87de2a6aea963p-2, 0x1.6a09e667f3bcdp-1, 0x1.d906bcf328d46p-1, 0x1p+0,
     0x1.d906bcf328d46p-1, 0x1.6a09e667f3bcdp-1, 0x1.87de2a6aea963p-2, 0x0p+0,
     -0x1.87de2a6aea963p-2, -0x1.6a09e667f3bcdp-1, -0x1.d906bcf328d46p-1, -0x1p+0,
     -0x1.d906bcf328d46p-1, -0x1.6a09e667f3bcdp-1, -0x1.87de2a6aea963p-2},
    {0x0p+0, -0x1.72cedd3d5a61p-57, -0x1.bdd3413b26456p-55, 0x1.457e610231ac2p-56, 0x0p+0,
     0x1.457e610231ac2p-56, -0x1.bdd3413b26456p-55, -0x1.72cedd3d5a61p-57, 0x0p+0,
     0x1.72cedd3d5a61p-57, 0x1.bdd3413b26456p-55, -0x1.457e610231ac2p-56, 0x0p+0,
     -0x1.457e610231ac2p-56, 0x1.bdd3413b26456p-55, 0x1.72cedd3d5a61p-57},
    {0x0p+0, -0x1.e47becd72d326p-56, -0x1.3b3efbf5e2229p-54, 0x1.604fd298bacdbp-56, 0x0p+0,
     0x1.604fd298bacdbp-56, -0x1.3b3efbf5e2229p-54, -0x1.e47becd72d326p-56, 0x0p+0,
     -0x1.e47becd72d326p-56, -0x1.3b3efbf5e2229p-54, 0x1.604fd298bacdbp-56, 0x0p+0,
     0x1.604fd298bacdbp-56, -0x1.3b3efbf5e2229p-54, -0x1.e47becd72d326p-56},
};
#elif defined(__AVX2__)
// The same for 8 pieces and the natural logarithm.
alignas(32) constexpr float kLogEighths[3][8] = {
    {0x1p+0f, 0x1.af286cp-1f, 0x1.861862p-1f, 0x1.642c86p-1f, 0x1.47ae14p-1f, 0x1.2f684cp-1f,
     0x1.1a7b96p-1f, 0x1p-1f},
    {0x0p+0f, 0x1.5ffp-3f, 0x1.1674p-2f, 0x1.739cp-2f, 0x1.c9p-2f, 0x1.0be8p-1f, 0x1.307ep-1f,
     0x1.62e4p-1f},
    {0x0p+0f, 0x1.83053cp-18f, 0x1.c97abap-18f, 0x1.7e2bbep-18f, -0x1.040cacp-19f, -0x1.a3fb5ap-18f,
     -0x1.19561ep-18f, 0x1.7f7d1cp-20f},
};
#endif

}  // namespace
}  // namespace tg::TG_ISA
