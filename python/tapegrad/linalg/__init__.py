"""Linear algebra, as torch.linalg.

Factorisations are LAPACK's, through NumPy (and SciPy for the few that NumPy lacks: extra `linalg`). Their derivatives
are written in tapegrad's operations, so they can be differentiated again.
"""

from __future__ import annotations

from ._cholesky import (
    cholesky as cholesky,
    cholesky_ex as cholesky_ex,
    solve_triangular as solve_triangular,
)
from ._common import (
    LinAlgError as LinAlgError,
)
from ._exponential import (
    matrix_exp as matrix_exp,
)
from ._inverse import (
    det as det,
    inv as inv,
    inv_ex as inv_ex,
    matrix_power as matrix_power,
    slogdet as slogdet,
    solve as solve,
    solve_ex as solve_ex,
    tensorinv as tensorinv,
    tensorsolve as tensorsolve,
)
from ._lu import (
    ldl_factor as ldl_factor,
    ldl_factor_ex as ldl_factor_ex,
    ldl_solve as ldl_solve,
    lu as lu,
    lu_factor as lu_factor,
    lu_factor_ex as lu_factor_ex,
    lu_solve as lu_solve,
)
from ._norms import (
    matrix_norm as matrix_norm,
    norm as norm,
    vector_norm as vector_norm,
)
from ._orthogonal import (
    householder_product as householder_product,
    qr as qr,
)
from ._products import (
    cross as cross,
    diagonal as diagonal,
    matmul as matmul,
    multi_dot as multi_dot,
    vander as vander,
    vecdot as vecdot,
)
from ._spectral import (
    cond as cond,
    eig as eig,
    eigh as eigh,
    eigvals as eigvals,
    eigvalsh as eigvalsh,
    lstsq as lstsq,
    matrix_rank as matrix_rank,
    pinv as pinv,
    svd as svd,
    svdvals as svdvals,
)
