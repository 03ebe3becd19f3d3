"""A folder of images: one folder a class inside of it. The picture process decodes them."""

from dlviz.core.hyper import choice, integer
from dlviz.data.formats.kind import Format, formats
from dlviz.data.limits import IMAGE_SIDE
from dlviz.data.table import MAX_SIDE

formats.add(
    Format(
        "images", "Folder of images by class", reads="images", modality="image",
        settings=(
            integer("image_size", IMAGE_SIDE, minimum=1, maximum=MAX_SIDE, unit="pixels",
                    help="Height and width that all images get; by default that of most, up to this"),
            choice("colour", "guess", ("guess", "grey", "rgb"), "Grey has one channel, RGB three"),
        ),
        source="Pillow documentation: PNG, JPEG, BMP, GIF, WebP, PPM",
        description="One folder a class, such as cat/1.png and dog/1.png; all images get one size",
    )
)  # fmt: skip
