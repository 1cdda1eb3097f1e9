"""Speed beside PyTorch and NumPy: `python -m tapegrad.bench`.

cases.py is the table of what is measured, timing.py runs one row, report.py prints and saves,
chart.py draws. Nothing here is imported by `import tapegrad`.
"""
