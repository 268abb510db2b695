"""Uploaded files. The answer is a list of material ids, of a photo one id; what a file must be, the upload checks."""
from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup

from app.rendering.field_types.base import FieldType, as_list, as_text, nothing


MEGABYTE = 1024 * 1024
TOLERANCE = 0.03  # of the shape of a photo: scanners cut a line more or less


def _row_words(scene, key: str, row) -> str:
    """What a row of a table is called: the first of its listed columns that says something."""
    table = scene.form.field(key)
    columns = {column.key: column for column in table.all_columns()}
    listed = [columns[name] for name in (*table.list_columns, *columns) if name in columns]
    return next((str(row[c.key]) for c in listed if c.type == "text" and row.get(c.key)), scene.text(table))


class File(FieldType):
    """Files: `accept` (endings), `max_mb`, `max_files`, `description` of what is asked for, `blank` (report to sign), `sample`.

    `for_rows` names the rows of tables that the file is to prove.
    """

    name = "file"
    template = "file"
    grouped = True
    endings = ("pdf", "jpg", "png")
    largest_mb = 10

    def empty(self, field):
        return []

    def clean(self, field, raw, scene):
        ids = list(dict.fromkeys(as_text(one) for one in as_list(raw) if one))
        known = {material.id for material in scene.choices.materials(ids)}
        if any(one not in known for one in ids):
            raise ValueError(_("有文件找不到或无权使用，请重新上传"))
        return ids

    def check(self, field, value, scene):
        found = []
        if len(value) > self.most(field):
            found.append(_("最多上传 %(most)d 个文件，请删除 %(over)d 个", most=self.most(field), over=len(value) - self.most(field)))
        for material in scene.choices.materials(value):
            found += self.faults(field, material)
        return found

    def faults(self, field, material) -> list[str]:
        """What is wrong with one file here: the rule that it breaks, and what to do."""
        found = []
        if material.kind.lower() not in self.accepted(field):
            found.append(_("“%(name)s”不是 %(kinds)s 文件，请转换后重新上传", name=material.name, kinds=self.kinds(field)))
        if material.size > self.largest(field) * MEGABYTE:
            found.append(_("“%(name)s”超过 %(largest)s，请压缩或拆分后重新上传", name=material.name, largest=self.largest_words(field)))
        return found

    def largest(self, field) -> float:
        """The greatest size of one file in MB of 1024 × 1024 bytes."""
        return field.max_mb or self.largest_mb

    def largest_words(self, field) -> str:
        """The same as people read it: 10 MB, 500 KB."""
        most = self.largest(field)
        return f"{most:g} MB" if most >= 1 else f"{most * 1024:.0f} KB"

    def taken_mb(self, field) -> float:
        """What the upload takes: a photo that is too big is taken, said to be too big, and cut."""
        return self.largest(field)

    def proves(self, field, scene) -> list[tuple[str, int, str]]:
        """(table, number of the row from 0, its words) of the rows that this file is to prove now (D-70)."""
        return [(key, number, _row_words(scene, key, row)) for key, text in field.for_rows.items()
                for number, row in enumerate(as_list(scene.answers.get(key))) if scene.in_row(row).evaluate(text) is True]

    def accepted(self, field) -> tuple[str, ...]:
        """The endings that may be uploaded, jpeg with jpg."""
        endings = tuple(field.accept) or self.endings
        return (*endings, "jpeg") if "jpg" in endings and "jpeg" not in endings else endings

    def kinds(self, field) -> str:
        """The endings as people read them: PDF、JPG."""
        return "、".join(tuple(field.accept) or self.endings).upper()

    def most(self, field) -> int:
        """The greatest number of files."""
        return field.max_files

    def json_schema(self, field, scene):
        return {"type": "array", "items": {"type": "string"}, "maxItems": self.most(field)}

    def parse(self, field, data, name):
        return data.getlist(name)

    def shown(self, field, value, scene):
        ids = as_list(value)
        return {
            "materials": list(scene.choices.materials(ids)), "most": self.most(field),
            "accept": ",".join(f".{ending}" for ending in self.accepted(field)),
            "kinds": self.kinds(field), "largest": self.largest_words(field), "limit": int(self.taken_mb(field) * MEGABYTE),
            "faults": {material.id: self.faults(field, material) for material in scene.choices.materials(ids)},
            "proves": self.proves(field, scene), "crops": False,
        }

    def print(self, field, value, scene):
        return "\n".join(material.name for material in scene.choices.materials(as_list(value))) or nothing()

    def display(self, field, value, scene, urls=None):
        materials = list(scene.choices.materials(as_list(value)))
        if materials and scene.mask and field.personal:
            return Markup(_("含个人信息，不向您开放"))
        if urls is None or not materials:
            return super().display(field, value, scene)
        link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>')
        return Markup("<br>").join(link.format(urls.material(m.id), m.name) for m in materials)


class Photo(File):
    """One picture of a person: the same attributes as a file, and `photo_width`, `photo_height`, `photo_rule` in pixels."""

    name = "photo"
    template = "photo"
    endings = ("jpg", "png")
    largest_mb = 500 / 1024
    rawest_mb = 10  # a phone's picture is uploaded as it is, and cut afterwards

    def taken_mb(self, field):
        return max(self.rawest_mb, self.largest(field))

    def faults(self, field, material):
        return [message for message in (self._size(field, material), *self._colours(material), self._shape(field, material)) if message] \
            or super().faults(field, material)

    def _size(self, field, material) -> str:
        if material.size <= self.largest(field) * MEGABYTE:
            return ""
        return _("照片有 %(size)s KB，最大 %(largest)s，请裁剪或压缩", size=f"{-(-material.size // 1024)}", largest=self.largest_words(field))

    def _colours(self, material):
        mode, transparent = material.mode.rstrip("+"), material.mode.endswith("+")
        if transparent:
            yield _("照片有透明部分，请用不透明的照片，或裁剪后使用")
        elif mode and mode != "RGB":
            words = {"CMYK": _("印刷用的 CMYK 颜色"), "L": _("黑白"), "1": _("黑白"), "P": _("不到 24 位的颜色")}
            yield _("照片是%(mode)s，要求 24 位 RGB 真彩色，请另存为普通彩色 JPG", mode=words.get(mode, mode))

    def _shape(self, field, material) -> str:
        width, height = field.photo_width, field.photo_height
        if not (width and height and material.width):
            return ""
        facts = {"w": material.width, "h": material.height, "width": width, "height": height}
        if field.photo_rule == "exact":
            return "" if (material.width, material.height) == (width, height) else _("照片是 %(w)d×%(h)d，要求竖向 %(width)d×%(height)d，请裁剪", **facts)
        if material.width < width or material.height < height:
            return _("照片是 %(w)d×%(h)d，要求竖向 %(width)d×%(height)d（宽×高）或更大，请换一张更清晰的照片", **facts)
        if abs(material.width / material.height / (width / height) - 1) > TOLERANCE:
            return _("照片是 %(w)d×%(h)d，要求竖向 %(width)d×%(height)d 的比例，请裁剪", **facts)
        return ""

    def shown(self, field, value, scene):
        return {**super().shown(field, value, scene), "crops": bool(field.photo_width and field.photo_height)}

    def empty(self, field):
        return None

    def clean(self, field, raw, scene):
        ids = super().clean(field, raw, scene)
        if len(ids) > 1:
            raise ValueError(_("照片只能有一张，请删除多余的"))
        return ids[0] if ids else None

    def check(self, field, value, scene):
        return super().check(field, as_list(value), scene)

    def most(self, field):
        return 1

    def json_schema(self, field, scene):
        return {"type": "string"}

    def parse(self, field, data, name):
        ids = data.getlist(name)
        return ids[-1] if ids else None

    def display(self, field, value, scene, urls=None):
        if value and scene.mask and field.personal:
            return Markup(_("含个人信息，不向您开放"))
        if urls is None or not value:
            return super().display(field, value, scene)
        return Markup('<img class="img-thumbnail" src="{}" alt="{}" width="118" height="165">').format(
            urls.material(value), scene.text(field))
