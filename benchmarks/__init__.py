"""What is measured, and against what. Run `python -m benchmarks` from the repository root."""
