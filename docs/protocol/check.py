#!/usr/bin/env python3
"""Runs every model of this folder, each whole, and says at the end which of them failed.

  python3 check.py    exits with 1 if one failed
"""
import subprocess
import sys
import time
from pathlib import Path

MODELS = (['sequence.py'], ['model.py'], ['several.py'], ['restore.py'], ['walk.py', '30'])

failed = []
for model, *args in MODELS:
    print(f'\n== {model}', flush=True)
    since = time.monotonic()
    code = subprocess.run([sys.executable, Path(__file__).with_name(model), *args]).returncode
    print(f'== {model}: {"passed" if code == 0 else "FAILED"} in {time.monotonic() - since:.0f} s', flush=True)
    if code != 0:
        failed.append(model)
if failed:
    sys.exit('Failed: ' + ', '.join(failed))
print('All models passed.')
