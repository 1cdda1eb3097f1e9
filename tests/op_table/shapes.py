"""Views, joins and splits."""

from op_table.row import S, op

# fmt: off
op("reshape", "tg.reshape(x, (3, 2))", "x.reshape(-1)", "x.reshape(3, -1)", "x.reshape([6, 1])",
   "x.t().reshape(6)", x=(2, 3), forms="m")
op("view", "x.view(3, 2)", "x.view(-1)", "x.view((6, 1))", "x.view(1, -1, 3)", "x.view_as(x)",
   x=(2, 3))
op("flatten", "tg.flatten(x)", "tg.flatten(x, 1)", "x.flatten(0, 1)",
   "x.flatten(start_dim=1, end_dim=-1)", x=(2, 3, 2), forms="m")
op("transpose", "tg.transpose(x, 0, 1)", "x.transpose(-1, 0)", "x.swapaxes(0, 1)", x=(2, 3, 2),
   forms="m")
op("permute", "tg.permute(x, (2, 0, 1))", "x.permute(2, 0, 1)", "x.permute(-1, 0, 1)", x=(2, 3, 2),
   forms="m")
op("t", "tg.t(x)", "x.T", "x.mT", "x[0].t()", x=(2, 3), forms="m")
op("mT", "x.mT", "x.transpose(1, 2).mT", x=(2, 3, 2))
op("squeeze", "tg.squeeze(x)", "tg.squeeze(x, 0)", "x.squeeze(1)", "x.squeeze(-1)",
   "x.squeeze((0, 2))", x=(1, 3, 1), forms="m")
op("unsqueeze", "tg.unsqueeze(x, 0)", "x.unsqueeze(-1)", "x.unsqueeze(1)", "x[None]", "x[:, None]",
   x=(2, 3), forms="m")
op("expand", "x.expand(2, 2, 3)", "x.expand(-1, 3)", "x[:, :1].expand(2, 4)", "x.expand((1, 2, 3))",
   "x.expand_as(x)", x=(2, 3))
op("broadcast_to", "tg.broadcast_to(x, (2, 2, 3))", "x.broadcast_to((2, 3))", x=(2, 3), forms="m")
op("cat", "tg.cat([x, y])", "tg.cat((x, y), dim=0)", "tg.cat([x, x], 1)",
   "tg.cat([x, y, x], dim=-2)", "tg.cat([x])", "tg.concat([x, y])", x=(2, 3), y=S(1, 3, seed=1),
   grad="x y")
op("stack", "tg.stack([x, y])", "tg.stack((x, y), 1)", "tg.stack([x, y], dim=-1)", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y")
op("split", "tg.split(x, 2)", "x.split(2, dim=1)", "x.split([1, 2], 1)", "x.split(5)", x=(3, 3),
   forms="m")
op("chunk", "tg.chunk(x, 2)", "x.chunk(2, dim=1)", "x.chunk(4)", "x.chunk(1)", x=(3, 3), forms="m")
op("unbind", "tg.unbind(x)", "x.unbind(1)", "tuple(x)", x=(2, 3), forms="m")
op("contiguous", "x.contiguous()", "x.t().contiguous()", "x[:, ::2].contiguous()", x=(2, 3))
op("clone", "tg.clone(x)", "x.t().clone()", x=(2, 3), forms="m")
