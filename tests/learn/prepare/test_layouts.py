"""Each collection's real layout in miniature: what is found, under which label, what is not."""

import pytest

from tintype.errors import OptionError
from tintype.learn.prepare.catalogue import COLLECTIONS, find_collection
from tintype.learn.prepare.ilsvrc import CATEGORIES
from tintype.learn.prepare.sources import open_source


def found(name, source):
    """{path in the source: label} of every candidate that is not refused."""
    collection = find_collection(name)
    with open_source(source, descend=collection.descend) as members:
        return {str(c.member.path): c.label for c in collection.find(members) if not c.refusal}


def test_cvcl_one_zip_a_category(tmp_path, make):
    source = tmp_path / "opencountry.zip"
    source.write_bytes(
        make.zip_of(
            {
                "Opencountry/land298.jpg": make.photograph(1),
                "Opencountry/opencountry_natu12.jpg": make.photograph(2),
                "Opencountry/Thumbs.db": b"not a picture",
                "__MACOSX/Opencountry/._land298.jpg": b"resource fork",
            }
        )
    )
    assert found("cvcl", source) == {
        "Opencountry/land298.jpg": "opencountry",
        "Opencountry/opencountry_natu12.jpg": "opencountry",
    }


def test_cvcl_eight_categories_in_one_flat_folder(tmp_path, make):
    folder = "spatial_envelope_256x256_static_8outdoorcategories"
    names = ["coast_arnat59", "insidecity_hous45", "opencountry_land298", "tallbuilding_art1004"]
    files = {f"{folder}/{name}.jpg": make.photograph(1) for name in names}
    make.lay_out(tmp_path, {f"{folder}.zip": make.zip_of(files)})
    assert list(found("cvcl", tmp_path).values()) == [
        "coast",
        "insidecity",
        "opencountry",
        "tallbuilding",
    ]


def test_cvcl_folder_of_category_zips(tmp_path, make):
    make.lay_out(
        tmp_path,
        {
            "coast.zip": make.zip_of({"Coast/n1.jpg": make.photograph(1)}),
            "insidecity.zip": make.zip_of({"Inside city/a1.jpg": make.photograph(1)}),
            "unrelated.zip": make.zip_of({"a.jpg": make.photograph(1)}),
        },
    )
    assert found("cvcl", tmp_path) == {
        "coast/Coast/n1.jpg": "coast",
        "insidecity/Inside city/a1.jpg": "insidecity",
    }


def test_mcgill_tiffs_by_category_once_each(tmp_path, make):
    tiff = make.photograph(1, encoding="TIFF")
    make.lay_out(
        tmp_path,
        {
            "Animals/merry_mexico0125.tif": tiff,
            "Animals/merry_mexico0125_LMS.mat": b"cone responses",
            "Animals/merry_mexico0125.jpg": make.photograph(1),
            "Shadows/merry_mexico0141.TIF": tiff,
            "Textures.zip": make.zip_of({"Textures/pippin0224.tif": tiff}),
            "Land and Water/pippin_Peel071.tif": tiff,
            "Animals/calibration_chart.tif": tiff,
        },
    )
    assert found("mcgill", tmp_path) == {
        "Animals/merry_mexico0125.tif": "animals",
        "Land and Water/pippin_Peel071.tif": "land_and_water",
        "Shadows/merry_mexico0141.TIF": "shadows",
        "Textures/Textures/pippin0224.tif": "textures",
    }


@pytest.mark.parametrize("root", ["ILSVRC2015", "ILSVRC"])
def test_ilsvrc_unpacked_challenge(tmp_path, make, root):
    data = f"{root}/Data/CLS-LOC"
    make.lay_out(
        tmp_path,
        {
            f"{data}/train/n02132136/n02132136_7.JPEG": make.photograph(1),
            f"{data}/train/n01440764/n01440764_10026.JPEG": make.photograph(2),  # tench
            f"{data}/val/ILSVRC2012_val_00000001.JPEG": make.photograph(3),
            f"{root}/ImageSets/CLS-LOC/train_cls.txt": b"n02132136/n02132136_7 1\n",
        },
    )
    assert found("ilsvrc", tmp_path) == {f"{data}/train/n02132136/n02132136_7.JPEG": "bear"}


def test_ilsvrc_tar_of_tars(tmp_path, make):
    inner = {
        "n04146614.tar": make.tar_of({"n04146614_1.JPEG": make.photograph(1)}),
        "n01440764.tar": b"never opened, so this need not be a tar",
    }
    source = tmp_path / "ILSVRC2012_img_train.tar"
    source.write_bytes(make.tar_of(inner))
    assert found("ilsvrc", source) == {"n04146614/n04146614_1.JPEG": "school_bus"}
    assert found("ilsvrc", tmp_path) == {
        "ILSVRC2012_img_train/n04146614/n04146614_1.JPEG": "school_bus"
    }


def test_ilsvrc_has_the_papers_ten_categories_and_no_id_twice():
    assert len(CATEGORIES) == 10
    ids = [id_ for leaves in CATEGORIES.values() for id_ in leaves]
    assert len(ids) == len(set(ids)) == 30


def test_mirflickr_numbers_and_licences(tmp_path, make):
    source = tmp_path / "mirflickr25k.zip"
    source.write_bytes(
        make.zip_of(
            {
                "mirflickr/im1.jpg": make.photograph(1),
                "mirflickr/im25000.jpg": make.photograph(2),
                "mirflickr/doc/common_tags.txt": b"sky 845\n",
                "mirflickr/meta/tags/tags1.txt": b"bird\n",
                "mirflickr/meta/license/license1.txt": b"Attribution\r\nby somebody\r\n",
            }
        )
    )
    collection = find_collection("mirflickr")
    with open_source(source) as members:
        candidates = collection.find(members)
    assert {(c.member.path.name, c.license) for c in candidates} == {
        ("im1.jpg", "Attribution by somebody"),
        ("im25000.jpg", ""),
    }


OPEN_IMAGES_HEAD = (
    "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,"
    "OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation\n"
)


def open_images_row(id_, *, license="https://creativecommons.org/licenses/by/2.0/", turned="0.0"):
    return f"{id_},train,u,https://page/{id_},{license},p,Ann,A title,1,m,t,{turned}\n"


def test_open_images_carries_credit_and_refuses_what_is_not_open(tmp_path, make):
    ids = [f"{n:016x}" for n in range(4)]
    table = OPEN_IMAGES_HEAD + "".join(
        [
            open_images_row(ids[0], turned="90.0"),
            open_images_row(ids[1], turned="nan"),
            open_images_row(ids[2], license="https://creativecommons.org/licenses/by-nc/2.0/"),
        ]
    )
    make.lay_out(
        tmp_path,
        {
            **{f"train_0/{id_}.jpg": make.photograph(1) for id_ in ids},
            "train-images-boxable-with-rotation.csv": table.encode(),
        },
    )
    with open_source(tmp_path) as members:
        by_id = {c.member.path.stem: c for c in find_collection("open-images").find(members)}
    assert by_id[ids[0]].rotation == 90
    assert by_id[ids[0]].author == "Ann"
    assert by_id[ids[0]].url == f"https://page/{ids[0]}"
    assert by_id[ids[1]].rotation == 0
    assert by_id[ids[1]].label == "train"
    assert by_id[ids[2]].refusal.startswith("not openly licensed: https://")
    assert "unknown" in by_id[ids[3]].refusal


def test_open_images_takes_the_label_that_people_confirmed(tmp_path, make):
    id_ = "000002b66c9c498e"
    labels = f"ImageID,Source,LabelName,Confidence\n{id_},verification,/m/014j1m,0\n"
    labels += f"{id_},verification,/m/015p6,1\n"
    make.lay_out(
        tmp_path,
        {
            f"train/{id_}.jpg": make.photograph(1),
            "train-images-with-rotation.csv": (OPEN_IMAGES_HEAD + open_images_row(id_)).encode(),
            "train-annotations-human-imagelabels-boxable.csv": labels.encode(),
            "class-descriptions-boxable.csv": b"/m/015p6,Bird\n/m/014j1m,Apple\n",
        },
    )
    assert found("open-images", tmp_path) == {f"train/{id_}.jpg": "bird"}


def test_folder_takes_labels_from_folders(tmp_path, make):
    make.lay_out(
        tmp_path,
        {
            "top.png": make.photograph(1, encoding="PNG"),
            "Summer 1931/beach.JPG": make.photograph(2),
            "notes.txt": b"no picture",
            ".hidden/secret.jpg": make.photograph(3),
        },
    )
    assert found("folder", tmp_path) == {
        "Summer 1931/beach.JPG": "summer_1931",
        "top.png": "unlabelled",
    }


def test_unknown_collection_lists_the_known():
    with pytest.raises(OptionError, match=r"'cvcl2'.*cvcl, mcgill, ilsvrc"):
        find_collection("cvcl2")


def test_every_collection_states_terms_and_layout():
    assert len({c.name for c in COLLECTIONS}) == len(COLLECTIONS) == 6
    for collection in COLLECTIONS:
        assert collection.terms.endswith(".")
        assert collection.layout
