"""Uploaded files. The answer is a list of material ids, of a photo one id; what a file must be, the upload checks."""
from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup

from app.rendering.field_types.base import FieldType, as_list, as_text, nothing


class File(FieldType):
    """Files: `accept` (endings), `max_mb`, `max_files`, `description` of what is asked for, `blank` (report to sign)."""

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
            found += self._faults(field, material)
        return found

    def _faults(self, field, material) -> list[str]:
        largest, found = field.max_mb or self.largest_mb, []
        if material.kind.lower() not in self.accepted(field):
            found.append(_("“%(name)s”不是 %(kinds)s 文件，请转换后重新上传", name=material.name, kinds=self.kinds(field)))
        if material.size > largest * 1024 * 1024:
            found.append(_("“%(name)s”超过 %(largest)s MB，请压缩或拆分后重新上传", name=material.name, largest=f"{largest:g}"))
        return found

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
            "kinds": self.kinds(field), "largest": f"{field.max_mb or self.largest_mb:g}",
        }

    def print(self, field, value, scene):
        return "\n".join(material.name for material in scene.choices.materials(as_list(value))) or nothing()

    def display(self, field, value, scene, urls=None):
        materials = list(scene.choices.materials(as_list(value)))
        if urls is None or not materials:
            return super().display(field, value, scene)
        link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>')
        return Markup("<br>").join(link.format(urls.material(m.id), m.name) for m in materials)


class Photo(File):
    """One picture of a person: the same attributes as a file."""

    name = "photo"
    template = "photo"
    endings = ("jpg", "png")
    largest_mb = 0.5

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
        if urls is None or not value:
            return super().display(field, value, scene)
        return Markup('<img class="img-thumbnail" src="{}" alt="{}" width="118" height="165">').format(
            urls.material(value), scene.text(field))
