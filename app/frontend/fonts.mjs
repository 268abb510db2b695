// Copies the fonts that PDFs embed to ../fonts (git-ignored: 40 MB). Licence: SIL Open Font License 1.1, copied along.
import { copyFile, mkdir } from "node:fs/promises";

const FONTS = {
  "NotoSerifSC-Regular.ttf": "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
  "NotoSerifSC-Bold.ttf": "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
  "NotoSansSC-Regular.ttf": "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "LICENSE_FONT": "noto-serif-sc/LICENSE_FONT",
};

await mkdir("../fonts", { recursive: true });
for (const [name, source] of Object.entries(FONTS)) await copyFile(`node_modules/@expo-google-fonts/${source}`, `../fonts/${name}`);
