"""What `groundwork export` writes of a ledger, judged by other people's validators.

GROUNDWORK is the program, GROUNDWORK_FOLDER a programme folder with a ledger and a table [exchange].
"""

import copy
import json
import os
import re
import subprocess
import tempfile
import unittest

import schema_server

PROGRAM = os.environ["GROUNDWORK"]
FOLDER = os.environ["GROUNDWORK_FOLDER"]
DAYS = ["2024-12-31", "2025-12-04", "2026-03-01"]


def exported(form, day):
    """Returns the bytes of an export as of a day, as it was known then."""
    command = [PROGRAM, "export", FOLDER, "--format", form, "--as-of", day, "--known-by", day]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def oc4ids_findings(package):
    """Returns what the validator says of a package: errors of the schema, and wrong codes of closed lists."""
    from libcoveoc4ids.api import oc4ids_json_output
    from libcoveoc4ids.config import LibCoveOC4IDSConfig

    with schema_server.serving() as base, tempfile.TemporaryDirectory() as folder:
        config = LibCoveOC4IDSConfig({
            "schema_host": base,
            "schema_version_choices": {"0.9.5": ("0.9.5", base)},
            "schema_codelists": {"0.9": base + "codelists/"},
        })
        found = oc4ids_json_output(folder, json_data=package, lib_cove_oc4ids_config=config)
    errors = [error for error in found["validation_errors"]]
    return errors, found["additional_closed_codelist_values"]


def iati_findings(xml):
    """Returns the names of the errors that the validator finds."""
    import iati
    import iati.default
    import iati.validator

    schema = iati.default.activity_schema("2.03")
    dataset = iati.Dataset(re.sub(r"<\?xml[^>]*>", "", xml))
    found = iati.validator.full_validation(dataset, schema)
    return [error.name for error in found if error.status == "error"]


class Oc4ids(unittest.TestCase):
    def test_packages_are_valid_on_every_day(self):
        for day in DAYS:
            package = json.loads(exported("oc4ids", day))
            self.assertGreater(len(package["projects"]), 20, day)
            self.assertEqual(oc4ids_findings(package), ([], {}), day)

    def test_a_wrong_code_is_found(self):
        package = json.loads(exported("oc4ids", DAYS[-1]))
        wrong = copy.deepcopy(package)
        wrong["projects"][1]["status"] = "nearlyReady"
        _, codes = oc4ids_findings(wrong)
        self.assertIn("projects/status", codes)
        nameless = copy.deepcopy(package)
        del nameless["publisher"]
        errors, _ = oc4ids_findings(nameless)
        self.assertNotEqual(errors, [])

    def test_claimed_and_verified_are_milestones_of_their_own(self):
        package = json.loads(exported("oc4ids", "2024-12-31"))
        songchon = next(p for p in package["projects"] if "KP0717" in p["id"])
        milestones = {m["id"]: m for m in songchon["milestones"]}
        self.assertEqual(milestones["inaugurated-claimed"]["dateMet"], "2024-12-20T00:00:00Z")
        self.assertEqual(milestones["inaugurated-claimed"]["status"], "met")
        self.assertIn("completed-verified", milestones)
        self.assertNotIn("inaugurated-verified", milestones)


class Iati(unittest.TestCase):
    def test_activities_are_valid_on_every_day(self):
        for day in DAYS:
            xml = exported("iati", day).decode()
            self.assertGreater(xml.count("<iati-activity "), 19, day)
            self.assertEqual(iati_findings(xml), [], day)

    def test_a_wrong_code_and_a_wrong_order_are_found(self):
        xml = exported("iati", DAYS[-1]).decode()
        code = xml.replace('<activity-status code="', '<activity-status code="9', 1)
        self.assertTrue(any("codelist" in name for name in iati_findings(code)))
        order = re.sub(r"(<iati-identifier>.*?</iati-identifier>\s*)(<reporting-org.*?</reporting-org>\s*)",
                       r"\2\1", xml, count=1, flags=re.S)
        self.assertNotEqual(order, xml)
        self.assertNotEqual(iati_findings(order), [])


class GeoJson(unittest.TestCase):
    def test_facilities_are_valid(self):
        from geojson_validator import validate_structure

        collection = json.loads(exported("facilities", DAYS[-1]))
        self.assertGreater(len(collection["features"]), 50)
        self.assertEqual(validate_structure(collection), {})
        wrong = copy.deepcopy(collection)
        wrong["features"][0]["geometry"]["type"] = "Spot"
        self.assertNotEqual(validate_structure(wrong), {})


if __name__ == "__main__":
    unittest.main()
