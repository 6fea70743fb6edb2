"""The committed tables of the examples say what their READMEs say."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRK = ROOT / "examples" / "prk-20x10"
PHL = ROOT / "examples" / "phl-clinics"


def load(path):
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Prk20x10(unittest.TestCase):
    def test_committed_tables_pass_the_self_test(self):
        make = load(PRK / "make.py")
        tables = [make.read(PRK / name) for name in ("places.csv", "reports.csv", "facilities.csv")]
        cells = json.loads((PRK / "cells.geojson").read_text("utf-8"))["features"]
        make.test(*tables, cells)

    def test_the_script_makes_the_committed_tables(self):
        source = pathlib.Path(os.environ.get("GROUNDWORK_DATA", ROOT.parent / "shared" / "data")) / "prk"
        if not source.is_dir():
            self.skipTest("the source tables are not at hand (GROUNDWORK_DATA)")
        with tempfile.TemporaryDirectory() as out:
            subprocess.run([sys.executable, str(PRK / "make.py"), str(source), out], check=True)
            for name in ("places.csv", "reports.csv", "facilities.csv", "cells.geojson"):
                self.assertEqual((pathlib.Path(out) / name).read_bytes(), (PRK / name).read_bytes(), name)


class PhlClinics(unittest.TestCase):
    def test_the_script_explains_itself(self):
        shown = subprocess.run([sys.executable, str(PHL / "fetch.py"), "--help"], check=True, capture_output=True, text=True)
        self.assertIn("psgc", shown.stdout)


if __name__ == "__main__":
    unittest.main()
