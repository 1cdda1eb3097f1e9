"""Layers over images: initial values, running statistics, options, errors, and a small network. The
numbers were made with PyTorch; op_table/ has the functions behind the layers.
"""

from __future__ import annotations

import gc
import warnings
import weakref

import pytest
from conftest import array, close, tg

nn, F = tg.nn, tg.nn.functional


def sines(*shape):
    count = 1
    for size in shape:
        count *= size
    return tg.arange(float(count)).view(*shape).sin()


# --- initial values and names ---------------------------------------------------------------------
def test_convolution_starts_as_pytorch_does():
    tg.manual_seed(0)
    layer = nn.Conv2d(1, 2, 2)
    want = [-0.00374341, 0.26822180, -0.41152257, -0.36796951, -0.19257718, 0.13407868, -0.00990659, 0.39644474]
    close(layer.weight.detach().flatten(), want, rtol=1e-5)
    close(layer.bias.detach(), [-0.04437202, 0.13230628], rtol=1e-5)
    tg.manual_seed(0)
    layer = nn.ConvTranspose1d(2, 1, 2)
    close(layer.weight.detach().flatten(), [-0.00529398, 0.37932289, -0.58198076, -0.52038747], rtol=1e-5)
    close(layer.bias.detach(), [-0.27234524], rtol=1e-5)


REPRS = {
    "nn.Conv2d(4, 2, (3, 2), 2, 1, 2, 2, False, 'reflect')": "Conv2d(4, 2, kernel_size=(3, 2), stride=(2, 2), "
    "padding=(1, 1), dilation=(2, 2), groups=2, bias=False, padding_mode=reflect)",
    "nn.Conv1d(2, 2, 3, padding='same')": "Conv1d(2, 2, kernel_size=(3,), stride=(1,), padding=same)",
    "nn.ConvTranspose2d(1, 2, 3, 2, 1, 1)": "ConvTranspose2d(1, 2, kernel_size=(3, 3), stride=(2, 2), "
    "padding=(1, 1), output_padding=(1, 1))",
    "nn.MaxPool2d(2)": "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
    "nn.AvgPool1d(2)": "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))",
    "nn.AdaptiveAvgPool2d((2, None))": "AdaptiveAvgPool2d(output_size=(2, None))",
    "nn.BatchNorm1d(3, affine=False, track_running_stats=False)": "BatchNorm1d(3, eps=1e-05, momentum=0.1, "
    "affine=False, bias=False, track_running_stats=False)",
    "nn.LayerNorm((3, 4), bias=False)": "LayerNorm((3, 4), eps=1e-05, elementwise_affine=True, bias=False)",
    "nn.GroupNorm(2, 4)": "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)",
    "nn.RMSNorm(3)": "RMSNorm((3,), eps=None, elementwise_affine=True)",
    "nn.ConstantPad1d(2, 3.5)": "ConstantPad1d(padding=(2, 2), value=3.5)",
    "nn.ReflectionPad2d((1, 2, 3, 4))": "ReflectionPad2d((1, 2, 3, 4))",
    "nn.Upsample(scale_factor=2, mode='bilinear')": "Upsample(scale_factor=2.0, mode='bilinear')",
    "nn.UpsamplingNearest2d(2)": "UpsamplingNearest2d(size=2, mode='nearest')",
    "nn.MaxUnpool2d(2)": "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))",
    "nn.LPPool2d(2, 3)": "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)",
}


@pytest.mark.parametrize("call", REPRS)
def test_repr(call):
    assert repr(eval(call)) == REPRS[call]


def test_names_of_the_state():
    names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    assert list(nn.BatchNorm2d(3).state_dict()) == names
    assert list(nn.InstanceNorm2d(3, track_running_stats=True).state_dict()) == names[2:]
    assert list(nn.Conv2d(1, 1, 1).state_dict()) == ["weight", "bias"]
    assert list(nn.LayerNorm(2).state_dict()) == ["weight", "bias"]


# --- a network ------------------------------------------------------------------------------------
def test_a_small_network_learns_as_with_pytorch():
    tg.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 2)
    )
    x, y = sines(2, 1, 4, 4), tg.tensor([0, 1])
    optimizer = tg.optim.SGD(net.parameters(), lr=0.1)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    close(tg.tensor(losses), [0.64521730, 0.46517444, 0.33338106, 0.26763204, 0.21847323], rtol=1e-4)
    close(net[1].running_mean, [0.11945032, -0.02258334, 0.05961227, -0.06217522], rtol=1e-4)
    close(net[1].running_var, [0.60076571, 0.59987956, 0.61443871, 0.76957047], rtol=1e-4)
    assert net[1].num_batches_tracked.item() == 5
    net.eval()
    close(net(x).detach().flatten(), [0.54449880, -0.48815915, 0.08159801, 0.08382040], rtol=1e-3)


def test_batch_norm_without_momentum_takes_the_mean_of_all_batches():
    layer = nn.BatchNorm1d(2, momentum=None)
    layer(tg.tensor([[1.0, 2.0], [3.0, 6.0]]))
    layer(tg.tensor([[0.0, 0.0], [4.0, 2.0]]))
    close(layer.running_mean, [2.0, 2.5])
    close(layer.running_var, [5.0, 5.0])


def test_normalised_rows_of_a_large_offset_keep_their_digits():
    x = tg.tensor([[10000.0, 10001.0, 10002.0, 10003.0]])
    close(F.layer_norm(x, (4,), eps=0.0), [[-1.3416408, -0.4472136, 0.4472136, 1.3416408]], rtol=1e-6)


# --- convolutions of many sizes -------------------------------------------------------------------
def by_hand(x, w, stride, pad, dilation):
    """conv2d as a sum over the taps of the kernel."""
    x = F.pad(x, (pad, pad, pad, pad))
    height = (x.shape[2] - dilation * (w.shape[2] - 1) - 1) // stride + 1
    width = (x.shape[3] - dilation * (w.shape[3] - 1) - 1) // stride + 1
    total = tg.zeros(x.shape[0], w.shape[0], height, width, dtype=x.dtype)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            seen = x[:, :, i * dilation :: stride, j * dilation :: stride][:, :, :height, :width]
            total = total + (seen.unsqueeze(1) * w[:, :, i, j].view(1, *w.shape[:2], 1, 1)).sum(2)
    return total


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("pad", [0, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [5, 9, 17, 40])
def test_every_way_to_convolve_gives_the_same(size, stride, pad, dilation):
    """Short and long lines, with and without padding, strides, and 13 channels for every tile."""
    check_convolution(sines(2, 3, 6, size), sines(13, 3, 2, 3) * 1.7, stride, pad, dilation)


@pytest.mark.parametrize("channels, kernel", [((32, 64), 3), ((5, 7), 1)])
def test_convolution_with_a_stride(channels, kernel):
    """Many channels, whose weight gradient goes through columns; and a selection of places."""
    for stride, pad in ((2, 1), (3, 0)):
        check_convolution(sines(3, channels[0], 7, 9), sines(*channels[::-1], kernel, kernel), stride, pad, 1)


def check_convolution(x, w, stride, pad, dilation):
    x, w = x.double().requires_grad_(), w.double().requires_grad_()
    results = []
    for y in (F.conv2d(x, w, None, stride, pad, dilation), by_hand(x, w, stride, pad, dilation)):
        weights = sines(*y.shape).double()
        results.append((y, *tg.autograd.grad((y * weights).sum(), (x, w))))
    for got, want in zip(*results):
        close(got.detach(), array(want.detach()), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("stride, kernel, batch", [(1, 5, 7), (2, 3, 40), (2, 7, 6), (2, 5, 1)])
def test_convolution_of_small_images_with_many_channels(stride, kernel, batch):
    """Short lines, whose columns are taken of several images together and of a few channels at a time."""
    weight = sines(66, 40, kernel, kernel)
    check_convolution(sines(batch, 40, 8, 8), weight, stride, kernel // 2, 1)


def test_much_padding_costs_little_memory():
    y = F.conv2d(tg.ones(1, 1, 2, 2), tg.ones(1, 1, 1, 1), stride=(1 << 20, 1), padding=(1 << 20, 0))
    assert y.shape == (1, 1, 3, 2) and y.sum().item() == 2


# --- second derivatives are those of the first ----------------------------------------------------
@pytest.mark.parametrize(
    "function",
    [
        lambda x: F.max_pool2d(x, 2),
        lambda x: F.avg_pool2d(x, 2),
        lambda x: F.adaptive_avg_pool2d(x, 3),
        lambda x: F.batch_norm(x, None, None, training=True),
        lambda x: F.layer_norm(x, (4,)),
        lambda x: F.group_norm(x, 2),
        lambda x: F.pad(x, (1, 1, 1, 1), "reflect"),
        lambda x: F.interpolate(x, 5, mode="bilinear"),
        lambda x: F.unfold(x, 2),
        lambda x: F.grid_sample(sines(2, 2, 3, 5).double(), x[..., :2] * 1.4, align_corners=False),
        lambda x: F.grid_sample(x, x[..., :2] * 1.4, padding_mode="reflection", align_corners=True),
        lambda x: F.grid_sample(x, x[..., 1:3] * 1.4, mode="bicubic", padding_mode="border", align_corners=False),
        lambda x: F.grid_sample(x, x[..., :2], mode="nearest", align_corners=False),
    ],
)
def test_gradient_is_the_same_with_and_without_a_graph(function):
    x = sines(2, 2, 4, 4).double().requires_grad_()
    weights = sines(*function(x).shape).double()
    (plain,) = tg.autograd.grad((function(x) * weights).sum(), x)
    (graphed,) = tg.autograd.grad((function(x) * weights).sum(), x, create_graph=True)
    assert not plain.requires_grad
    close(plain, array(graphed.detach()), rtol=1e-11, atol=1e-13)


def test_nearest_samples_have_zeros_as_second_derivatives():
    x, grid = sines(1, 1, 3, 3).requires_grad_(), (sines(1, 2, 2, 2) * 0.9).requires_grad_()
    y = F.grid_sample(x, grid, mode="nearest", align_corners=False)
    for grad in tg.autograd.grad(y.sum(), (x, grid), create_graph=True):
        assert grad.requires_grad
        for second in tg.autograd.grad(grad.sum(), (x, grid), retain_graph=True):
            assert not second.any()


# --- errors ---------------------------------------------------------------------------------------
ERRORS = {
    "F.conv2d(tg.ones(5, 5), tg.ones(2, 3, 3, 3))": "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got",
    "F.conv2d(tg.ones(1, 3, 5, 5), tg.ones(2, 4, 3, 3))": "to have 4 channels, but got 3 channels instead",
    "F.conv2d(tg.ones(1, 3, 5, 5), tg.ones(2, 3, 7, 7))": "Kernel size can't be greater than actual input size",
    "F.conv2d(tg.ones(1, 3, 5, 5), tg.ones(2, 3, 3, 3), stride=0)": "non-positive stride is not supported",
    "F.conv2d(tg.ones(1, 3, 5, 5), tg.ones(2, 3, 3, 3), padding=-1)": "negative padding is not supported",
    "F.conv2d(tg.ones(1, 3, 5, 5), tg.ones(2, 3, 3, 3), stride=(1, 2, 3))": "expected stride to be a single integer",
    "F.conv2d(tg.ones(1, 3, 5, 5), tg.ones(2, 3, 3, 3), tg.ones(5))": "expected bias to be 1-dimensional with 2",
    "F.conv2d(tg.ones(1, 3, 5, 5), tg.ones(2, 3, 3, 3), padding='x')": "Invalid padding string: 'x'",
    "F.conv_transpose2d(tg.ones(1, 2, 5, 5), tg.ones(2, 3, 3, 3), output_padding=2)": "output padding must be smaller",
    "F.max_pool2d(tg.ones(1, 2, 4, 4), 2, padding=2)": "pad should be at most half of effective kernel size, but got",
    "F.max_pool2d(tg.ones(1, 2, 4, 4), 7)": "Given input size: (2x4x4). Calculated output size: (2x0x0).",
    "F.avg_pool2d(tg.ones(1, 2, 4, 4), 2, divisor_override=0)": "divisor must be not zero",
    "F.max_unpool2d(tg.ones(1, 1, 1, 1), tg.tensor([[[[9]]]]), 2)": "Found an invalid max index: 9",
    "F.batch_norm(tg.ones(2, 4), None, None)": "running_mean must be defined in evaluation mode",
    "F.layer_norm(tg.ones(2, 3), (4,))": "Given normalized_shape=[4], expected input with shape [*, 4], but got",
    "F.group_norm(tg.ones(2, 4), 3)": "Expected number of channels in input to be divisible by num_groups",
    "F.pad(tg.ones(1, 2, 4, 4), (4, 1, 1, 1), 'reflect')": "Padding size should be less than the corresponding",
    "F.pad(tg.ones(2, 4), (-3, -3))": "narrow(): length must be non-negative.",
    "F.interpolate(tg.ones(1, 1, 2, 2), 0)": "Input and output sizes should be greater than 0, but got input",
    "F.fold(tg.ones(1, 4, 3), (3, 3), 2)": "expected size of input's dimension 2 to match the calculated number",
    "tg.pixel_shuffle(tg.ones(3, 2, 2), 2)": "to be divisible by the square of upscale_factor",
}


@pytest.mark.parametrize("call", ERRORS)
def test_error(call):
    with pytest.raises(RuntimeError) as caught:
        eval(call)
    assert ERRORS[call] in str(caught.value)


def test_value_errors():
    with pytest.raises(ValueError, match="Expected more than 1 value per channel when training"):
        F.batch_norm(tg.ones(1, 4), None, None, training=True)
    with pytest.raises(ValueError, match=r"expected 4D input \(got 2D input\)"):
        nn.BatchNorm2d(3)(tg.ones(2, 3))
    with pytest.raises(ValueError, match="groups must be a positive integer"):
        nn.Conv2d(1, 2, 3, groups=0)
    with pytest.raises(ValueError, match=r"requested an output size of \(20, 20\), but valid sizes range"):
        nn.ConvTranspose2d(1, 2, 3, 2)(tg.ones(1, 1, 3, 3), output_size=(20, 20))


# --- nothing is kept alive ------------------------------------------------------------------------
def test_graphs_of_images_are_freed():
    x = sines(2, 4, 4, 4).requires_grad_()
    for function in (
        lambda: F.conv2d(x, tg.ones(2, 4, 2, 2)),
        lambda: F.max_pool2d(x, 2, return_indices=True)[0],
        lambda: tg.native_layer_norm(x, (4,), None, None, 1e-5)[0],
        lambda: tg.native_group_norm(x, None, None, 2, 4, 16, 2, 1e-5)[2],
        lambda: F.batch_norm(x, None, None, training=True),
    ):
        node = weakref.ref(function().grad_fn)
        gc.collect()
        assert node() is None


def test_old_names_warn():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        F.upsample_nearest(tg.ones(1, 1, 2, 2), scale_factor=2)
    assert "Use `nn.functional.interpolate` instead" in str(caught[0].message)


@pytest.mark.parametrize("kernel, padding, stride", [(3, 1, 1), (5, 2, 1), (5, 1, 2), (3, 0, 1)])
def test_infinity_reaches_only_the_weights_that_see_it(kernel, padding, stride):
    x, w = tg.randn(2, 3, 9, 7), tg.randn(4, 3, kernel, kernel, requires_grad=True)
    x[1, 2, 0, 6] = float("inf")
    y = tg.nn.functional.conv2d(x, w, stride=stride, padding=padding)
    grad = tg.randn(*y.shape)
    y.backward(grad)
    # As a product of columns, of which each weight sees its own.
    columns = tg.nn.functional.unfold(x, kernel, padding=padding, stride=stride)
    terms = grad.flatten(2)[:, :, None] * columns[:, None]
    seen = (columns.isinf().any(2).any(0)[None] & (terms != 0).any(3).any(0)).reshape(w.shape)
    assert tg.equal(~w.grad.isfinite(), seen)
